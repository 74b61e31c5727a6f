//! What a demo call is made of.

use std::{fmt, str::FromStr};

/// What a demo call sends, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// Send the camera in three simulcast layers, as to a media server.
    pub simulcast: bool,
    /// Send a screen, with generated slides, from the start. It can also be added later.
    pub screen_share: bool,
    /// The far side sends too, as in an ordinary call; otherwise it only receives.
    pub both_directions: bool,
    /// Ask for the camera and microphone; otherwise both are generated from the start.
    pub devices: bool,
    /// The size of the camera's picture. A screen is half as wide and high again.
    pub video_size: VideoSize,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            simulcast: false,
            screen_share: false,
            both_directions: true,
            devices: true,
            video_size: VideoSize {
                width: 1280,
                height: 720,
            },
        }
    }
}

/// The size of a picture, in pixels; parsed from and shown as `1280x720`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoSize {
    width: u32,
    height: u32,
}

impl VideoSize {
    /// Less than this is no picture once simulcast has quartered it.
    pub const MIN_SIDE: u32 = 64;
    /// More than this is beyond what browsers encode in real time.
    pub const MAX_SIDE: u32 = 3840;

    /// A size of which both sides are between [`Self::MIN_SIDE`] and [`Self::MAX_SIDE`]; `None` for others.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Option<Self> {
        let sides = Self::MIN_SIDE..=Self::MAX_SIDE;
        (sides.contains(&width) && sides.contains(&height)).then_some(Self { width, height })
    }

    /// Pixels from left to right.
    #[must_use]
    pub const fn width(self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub const fn height(self) -> u32 {
        self.height
    }

    // The size of the screen that is shared beside a camera of this size.
    pub(super) const fn of_screen(self) -> Self {
        Self {
            width: self.width * 3 / 2,
            height: self.height * 3 / 2,
        }
    }
}

impl fmt::Display for VideoSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl FromStr for VideoSize {
    type Err = VideoSizeError;

    fn from_str(text: &str) -> Result<Self, VideoSizeError> {
        let parsed = text
            .split_once('x')
            .and_then(|(width, height)| Self::new(width.parse().ok()?, height.parse().ok()?));
        parsed.ok_or(VideoSizeError)
    }
}

/// A text is no [`VideoSize`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoSizeError;

impl fmt::Display for VideoSizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = (VideoSize::MIN_SIDE, VideoSize::MAX_SIDE);
        write!(
            f,
            "a video size is written as 1280x720, with both sides from {min} to {max} pixels"
        )
    }
}

impl std::error::Error for VideoSizeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_reads_as_it_is_shown() {
        let size: Result<VideoSize, _> = "320x180".parse();
        assert_eq!(
            size,
            Ok(VideoSize {
                width: 320,
                height: 180
            })
        );
        assert_eq!(size.map(|size| size.to_string()), Ok("320x180".to_owned()));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in [
            "",
            "320",
            "x",
            "320x",
            "320x180x2",
            "-320x180",
            "320X180",
            "63x180",
            "320x3841",
            "a x b",
        ] {
            assert_eq!(text.parse::<VideoSize>(), Err(VideoSizeError), "{text:?}");
        }
    }

    #[test]
    fn the_largest_screen_does_not_overflow() {
        let largest = VideoSize {
            width: VideoSize::MAX_SIDE,
            height: VideoSize::MAX_SIDE,
        };
        assert_eq!(largest.of_screen().width(), 5760);
    }
}
