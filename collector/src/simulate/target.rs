//! The collector that batches are sent to: connections that are kept, and opened again when they are gone.

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use bytes::Bytes;
use callscope_core::wire::Batch;
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service as _;

use crate::tls::{self, NoAuthorities};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is read.
const ANSWER: usize = 64 * 1024;

/// Where a collector is: `http://HOST[:PORT][/PATH]`, or `https://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    is_secure: bool,
    authority: String,
    path: String,
}

/// What was to be the address of a collector is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoTarget {
    /// It is no URL with a host.
    NoUrl(String),
    /// Its scheme is not spoken.
    Scheme(String),
}

impl fmt::Display for NoTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUrl(text) => write!(
                f,
                "`{text}` is no address: give one such as http://127.0.0.1:8080"
            ),
            Self::Scheme(scheme) => write!(
                f,
                "`{scheme}` is not spoken here: give the http:// or https:// address of the collector"
            ),
        }
    }
}

impl Error for NoTarget {}

impl FromStr for Target {
    type Err = NoTarget;

    fn from_str(text: &str) -> Result<Self, NoTarget> {
        let no_url = || NoTarget::NoUrl(text.to_owned());
        let uri: Uri = text.parse().map_err(|_error| no_url())?;
        let scheme = uri.scheme_str().ok_or_else(no_url)?;
        let (is_secure, port) = match scheme {
            "http" => (false, 80),
            "https" => (true, 443),
            other => return Err(NoTarget::Scheme(other.to_owned())),
        };
        let authority = uri
            .authority()
            .filter(|it| !it.host().is_empty())
            .ok_or_else(no_url)?;
        let base = uri
            .path()
            .trim_end_matches('/')
            .trim_end_matches("/v1/batches");
        Ok(Self {
            is_secure,
            authority: match authority.port_u16() {
                Some(_) => authority.to_string(),
                None => format!("{authority}:{port}"),
            },
            path: format!("{base}/v1/batches"),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority, self.path)
    }
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// What is wrong, in the collector's words.
    pub(super) message: String,
    pub(super) retry_after: Option<Duration>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum SendError {
    Untrusted(NoAuthorities),
    Unreachable(Box<dyn Error + Send + Sync>),
    Late,
    Broken(hyper::Error),
    Unsendable(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untrusted(error) => error.fmt(f),
            Self::Unreachable(error) => {
                write!(f, "cannot connect: {error}")?;
                let mut cause = error.source();
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
            Self::Late => write!(f, "no answer within {} s", PATIENCE.as_secs()),
            Self::Broken(error) => write!(f, "the connection broke: {error}"),
            Self::Unsendable(why) => write!(f, "cannot be sent: {why}"),
        }
    }
}

impl Error for SendError {}

/// How a collector is connected to.
#[derive(Clone, Debug)]
pub(super) struct Line {
    target: Target,
    /// Without it, plain.
    tls: Option<HttpsConnector<HttpConnector>>,
}

impl Line {
    pub(super) fn to(target: Target) -> Result<Self, SendError> {
        let tls = target.is_secure.then(|| {
            let mut connector = HttpConnector::new();
            connector.set_nodelay(true);
            tls::connector(connector)
        });
        let tls = tls.transpose().map_err(SendError::Untrusted)?;
        Ok(Self { target, tls })
    }

    async fn open(&self) -> Result<MaybeHttpsStream<TokioIo<TcpStream>>, SendError> {
        if let Some(mut tls) = self.tls.clone() {
            let uri = Uri::builder()
                .scheme("https")
                .authority(self.target.authority.as_str())
                .path_and_query("/");
            let uri = uri
                .build()
                .map_err(|error| SendError::Unsendable(error.to_string()))?;
            return tls.call(uri).await.map_err(SendError::Unreachable);
        }
        let unreachable = |error: io::Error| SendError::Unreachable(error.into());
        let stream = TcpStream::connect(&self.target.authority).await;
        let stream = stream.map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        Ok(TokioIo::new(stream).into())
    }
}

/// A connection to a collector.
#[derive(Debug)]
pub(super) struct Sender {
    line: Line,
    key: Option<HeaderValue>,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Sender {
    pub(super) const fn new(line: Line, key: Option<HeaderValue>) -> Self {
        Self {
            line,
            key,
            open: None,
        }
    }

    /// Connects, unless it is connected.
    pub(super) async fn connect(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, SendError> {
        let is_open = match &mut self.open {
            Some(open) => open.ready().await.is_ok(),
            None => false,
        };
        if !is_open {
            let stream = timeout(PATIENCE, self.line.open()).await;
            let stream = stream.map_err(|_late| SendError::Late)??;
            let (open, connection) = handshake(stream).await.map_err(SendError::Broken)?;
            // It ends with the sender; what breaks it is told to who waits for an answer.
            tokio::spawn(async move { drop(connection.await) });
            self.open = Some(open);
        }
        self.open.as_mut().ok_or(SendError::Late)
    }

    /// Sends what [`packed`] made.
    pub(super) async fn send(&mut self, body: Bytes) -> Result<Answer, SendError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.line.target.path)
            .header(header::HOST, &self.line.target.authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_ENCODING, "gzip");
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, key);
        }
        let request = request.body(Full::new(body));
        let request = request.map_err(|error| SendError::Unsendable(error.to_string()))?;
        let answer = timeout(PATIENCE, self.ask(request)).await;
        let answer = answer.unwrap_or(Err(SendError::Late));
        if answer.is_err() {
            self.open = None;
        }
        answer
    }

    async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, SendError> {
        let answer = self.connect().await?.send_request(request).await;
        let (head, body) = answer.map_err(SendError::Broken)?.into_parts();
        let body = Limited::new(body, ANSWER).collect().await;
        let body = body
            .map_err(|error| SendError::Unsendable(error.to_string()))?
            .to_bytes();
        let seconds = head
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|it| it.to_str().ok()?.parse().ok());
        Ok(Answer {
            status: head.status,
            message: if head.status.is_success() {
                String::new()
            } else {
                message(&body)
            },
            retry_after: seconds.map(Duration::from_secs),
        })
    }
}

fn message(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let message = json.as_ref().and_then(|it| it.get("message")?.as_str());
    message
        .unwrap_or("it is no collector that answers")
        .to_owned()
}

/// As it is sent: JSON, gzipped.
pub(super) fn packed(batch: &Batch) -> Result<Bytes, SendError> {
    let unsendable = |error: &dyn fmt::Display| SendError::Unsendable(error.to_string());
    let json = serde_json::to_vec(batch).map_err(|error| unsendable(&error))?;
    let mut packer = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::fast());
    let packed = packer.write_all(&json).and_then(|()| packer.finish());
    packed.map(Bytes::from).map_err(|error| unsendable(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_the_collector_or_of_where_it_takes_batches() {
        for (text, whole) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/batches"),
            ("http://insights/", "http://insights:80/v1/batches"),
            ("https://insights", "https://insights:443/v1/batches"),
            (
                "http://[::1]:81/calls/v1/batches",
                "http://[::1]:81/calls/v1/batches",
            ),
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), whole);
        }
    }

    #[test]
    fn what_is_none_is_said() {
        let error = |text: &str| text.parse::<Target>().unwrap_err().to_string();
        assert!(
            error("localhost:8080").contains("http://127.0.0.1:8080"),
            "{}",
            error("localhost:8080")
        );
        assert!(error("ftp://insights").contains("https:// address"));
        assert!(error("").contains("is no address"));
    }
}
