//! Why a demo call could not be made or changed.

use std::fmt;

use wasm_bindgen::{JsCast, JsValue};

/// Why a demo call could not be made or changed. Its text is for the person in front of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DemoError {
    /// The browser has no `RTCPeerConnection`, or it is switched off.
    NoWebRtc,
    /// The browser does not send simulcast in a way that the far side can take apart.
    NoSimulcast,
    /// The browser could not generate a picture or sound in place of a camera or microphone.
    NoMedia(String),
    /// The browser refused a step of setting up the call.
    Refused {
        /// The method that failed.
        step: &'static str,
        /// The browser's own words.
        message: String,
    },
    /// The two sides did not reach each other in time.
    NotConnected {
        /// How long they tried, in seconds.
        seconds: u32,
    },
    /// Another change of the call is still under way.
    Busy,
    /// The call has been stopped.
    Ended,
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWebRtc => f.write_str(
                "This browser cannot make calls: WebRTC is missing or switched off. Try a current Chrome, Edge, Firefox or \
                 Safari, without extensions that block WebRTC.",
            ),
            Self::NoSimulcast => {
                f.write_str("This browser does not send simulcast. Start the call again without the simulcast option.")
            }
            Self::NoMedia(message) => write!(
                f,
                "There is no camera or microphone to use, and this browser could not generate a picture and sound instead \
                 ({message}). Allow the camera and microphone and try again."
            ),
            Self::Refused { step, message } => {
                write!(f, "The browser refused to set up the call ({step}: {message}). Reload the page and try again.")
            }
            Self::NotConnected { seconds } => write!(
                f,
                "The two sides of the call did not reach each other within {seconds} seconds. A firewall, a VPN or an \
                 extension that blocks WebRTC may keep the browser from connecting to itself."
            ),
            Self::Busy => f.write_str("The call is still changing. Wait a moment and try again."),
            Self::Ended => f.write_str("The call has ended. Start it again first."),
        }
    }
}

impl std::error::Error for DemoError {}

impl DemoError {
    // For `map_err` on what a browser's method answered.
    pub(super) fn refused(step: &'static str) -> impl Fn(JsValue) -> Self {
        move |error| Self::Refused {
            step,
            message: message_of(&error),
        }
    }

    pub(super) fn no_media(error: &JsValue) -> Self {
        Self::NoMedia(message_of(error))
    }
}

/// What a thrown JavaScript value says: an error's message, otherwise the value itself.
pub(super) fn message_of(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

/// The `name` of a thrown error, such as `NotAllowedError`; empty for what is no error.
pub(super) fn name_of(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(String::new, |error| String::from(error.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_a_sentence() {
        let refused = DemoError::Refused {
            step: "createOffer",
            message: "no".to_owned(),
        };
        let no_media = DemoError::NoMedia("no canvas".to_owned());
        for error in [
            DemoError::NoWebRtc,
            DemoError::NoSimulcast,
            no_media,
            refused,
            DemoError::NotConnected { seconds: 15 },
            DemoError::Busy,
            DemoError::Ended,
        ] {
            let text = error.to_string();
            assert!(
                text.ends_with('.') && text.starts_with(char::is_uppercase) && !text.contains("  "),
                "{text}"
            );
        }
    }
}
