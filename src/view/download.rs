//! A text as a file.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// How long a browser may take to begin a download, in milliseconds.
const DOWNLOAD_MS: u32 = 60_000;

/// Saves `text` under `name`, as `media_type`.
///
/// # Errors
///
/// What the browser threw.
pub fn download(text: &str, name: &str, media_type: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = js_sys::Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    // The click only asks for the download: the address must stay until it has begun.
    Timeout::new(DOWNLOAD_MS, move || {
        // A page that is gone has let go of the address already.
        let _gone = Url::revoke_object_url(&url);
    })
    .forget();
    Ok(())
}
