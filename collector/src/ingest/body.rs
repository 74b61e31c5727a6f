//! The bytes of a batch: no more than may be, no slower than may be.

use std::borrow::Cow;
use std::io::Read;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::BytesMut;
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt;

use super::memory::Held;
use crate::problem::Problem;

/// What gzip begins with: a page that is being closed cannot say how it encoded what it sends.
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// How many times the most is thrown away, before a connection is broken off.
const DISCARDED: usize = 8;

/// Whether the body says that it is packed, if it says.
pub(super) fn is_packed(headers: &HeaderMap) -> Result<Option<bool>, Problem> {
    let Some(encoding) = headers.get(header::CONTENT_ENCODING) else {
        return Ok(None);
    };
    match encoding.as_bytes() {
        b"gzip" => Ok(Some(true)),
        b"identity" => Ok(Some(false)),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoding",
            "the body's `Content-Encoding` must be gzip, or none",
        )),
    }
}

/// Reads it whole. Of one that is too large the rest is thrown away: a client that is still sending would not hear the answer.
pub(super) async fn read(
    body: Body,
    most: usize,
    within: Duration,
    held: &mut Held,
) -> Result<Bytes, Problem> {
    let read = tokio::time::timeout(within, collect(body, most, held)).await;
    read.map_err(|_elapsed| {
        Problem::for_now(
            StatusCode::REQUEST_TIMEOUT,
            "slow",
            "the body came too slowly: try again",
            5,
        )
    })?
}

/// Throws away what an answer does not depend on, for the same reason.
pub(super) async fn discard(body: Body, most: usize, within: Duration) {
    let most = most.saturating_mul(DISCARDED);
    let reading = async {
        let (mut body, mut length) = (body, 0);
        while let Some(Ok(frame)) = body.frame().await {
            length += frame.data_ref().map_or(0, Bytes::len);
            if length > most {
                break;
            }
        }
    };
    // It is no matter whether that was all.
    drop(tokio::time::timeout(within, reading).await);
}

async fn collect(mut body: Body, most: usize, held: &mut Held) -> Result<Bytes, Problem> {
    let mut whole = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_error| {
            Problem::new(StatusCode::BAD_REQUEST, "malformed", "the body was cut off")
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= most {
            held.add(data.len())?;
            whole.extend_from_slice(&data);
        } else if length > most.saturating_mul(DISCARDED) {
            break;
        }
    }
    if length > most {
        return Err(too_large(format!(
            "the body has more than {most} bytes: send smaller batches"
        )));
    }
    Ok(whole.freeze())
}

/// Unpacks it, if it is packed.
pub(super) fn unpack(
    bytes: &[u8],
    is_packed: Option<bool>,
    most: usize,
) -> Result<Cow<'_, [u8]>, Problem> {
    let is_packed = is_packed.unwrap_or_else(|| bytes.starts_with(&GZIP));
    if !is_packed {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut unpacked = Vec::with_capacity(most.min(bytes.len().saturating_mul(10)));
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut unpacked);
    read.map_err(|_error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "the body is no gzip, or damaged",
        )
    })?;
    if unpacked.len() > most {
        return Err(too_large(format!(
            "the body has more than {most} bytes when it is unpacked: send smaller batches"
        )));
    }
    Ok(Cow::Owned(unpacked))
}

fn too_large(message: String) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}
