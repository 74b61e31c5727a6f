//! Pictures for buttons. They never stand without words.

use crate::markup::*;

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A microphone.
    Microphone,
    /// A camera.
    Camera,
    /// A screen.
    Screen,
    /// A square: stop.
    Stop,
    /// A triangle: start.
    Start,
    /// An arrow down into a tray.
    Save,
}

/// Draws it in the colour of the text around it.
#[must_use]
pub fn icon(icon: Icon) -> AnyView {
    let path = match icon {
        Icon::Microphone => {
            "M8 1.5a2.25 2.25 0 0 0-2.25 2.25v4a2.25 2.25 0 0 0 4.5 0v-4A2.25 2.25 0 0 0 8 1.5ZM3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.5M5.5 14.5h5"
        }
        Icon::Camera => "M1.5 4.5h8.5v7h-8.5zM10 7.2l4.5-2.4v6.4L10 8.8",
        Icon::Screen => "M1.5 2.5h13v9h-13zM5.5 14h5M8 11.5V14",
        Icon::Stop => "M3.5 3.5h9v9h-9z",
        Icon::Start => "M4.5 2.5v11l9-5.5z",
        Icon::Save => "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
    };
    view! {
        <svg
            class="icon"
            viewBox="0 0 16 16"
            width="16"
            height="16"
            fill="none"
            stroke="currentColor"
            stroke-width="1.4"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=path></path>
        </svg>
    }
    .into_any()
}
