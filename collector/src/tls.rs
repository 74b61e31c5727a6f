//! Connections to other servers whose certificates are checked.

use std::{fmt, io};

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::ring;

/// The certificates of the machine's authorities cannot be read.
#[derive(Debug)]
pub(crate) struct NoAuthorities(io::Error);

impl fmt::Display for NoAuthorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.0;
        write!(
            f,
            "the certificates of authorities cannot be read: {error}; install ca-certificates, or name a file by SSL_CERT_FILE"
        )
    }
}

impl std::error::Error for NoAuthorities {}

/// Makes TLS of connections, with the machine's own authorities: a server inside often has a certificate of the company's.
pub(crate) fn connector(
    mut connector: HttpConnector,
) -> Result<HttpsConnector<HttpConnector>, NoAuthorities> {
    connector.enforce_http(false);
    let tls = HttpsConnectorBuilder::new().with_provider_and_native_roots(ring::default_provider());
    let tls = tls.map_err(NoAuthorities)?;
    Ok(tls.https_only().enable_http1().wrap_connector(connector))
}
