//! The sound and the picture that the near side sends.

use std::{cell::RefCell, fmt};

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamConstraints, MediaStreamTrack, MediaTrackConstraints};

use super::{
    error::{DemoError, message_of, name_of},
    generated::{Picture, Tone},
    options::{DemoOptions, VideoSize},
};

/// Where the sound and the picture of a call come from. Its text is for the person in front of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaSource {
    /// A camera and a microphone.
    Devices,
    /// At least one of the two is generated.
    Generated {
        /// What is generated.
        what: Generated,
        /// Why there is no device for it.
        why: WhyGenerated,
    },
}

/// What is generated in place of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    /// The picture; the microphone is a real one.
    Picture,
    /// The sound; the camera is a real one.
    Sound,
    /// Both.
    PictureAndSound,
}

/// Why media are generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyGenerated {
    /// The options of the call ask for it.
    Asked,
    /// The person or a policy did not allow the devices.
    Refused,
    /// There is no such device.
    NotFound,
    /// The device is there and cannot be read: another application may hold it.
    InUse,
    /// The page may not ask: it is neither served over HTTPS nor from this machine.
    Insecure,
    /// Something else, in the browser's words.
    Other(String),
}

impl WhyGenerated {
    // The names are those of https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
    fn of(error: &JsValue) -> Self {
        match name_of(error).as_str() {
            "NotAllowedError" => Self::Refused,
            "NotFoundError" | "OverconstrainedError" => Self::NotFound,
            "NotReadableError" | "AbortError" => Self::InUse,
            "SecurityError" => Self::Insecure,
            _ => Self::Other(message_of(error)),
        }
    }
}

impl fmt::Display for MediaSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Devices => {
                f.write_str("The call sends your camera and microphone, to this page only.")
            }
            Self::Generated { what, why } => {
                let (what, devices) = match what {
                    Generated::Picture => ("a generated picture", "the camera"),
                    Generated::Sound => ("generated sound", "the microphone"),
                    Generated::PictureAndSound => {
                        ("a generated picture and sound", "the camera and microphone")
                    }
                };
                write!(f, "The call sends {what}: ")?;
                match why {
                    WhyGenerated::Asked => write!(f, "use of {devices} is switched off for it."),
                    WhyGenerated::Refused => write!(f, "use of {devices} was not allowed."),
                    WhyGenerated::NotFound => write!(f, "{devices} could not be found."),
                    WhyGenerated::InUse => write!(
                        f,
                        "{devices} could not be read; another application may hold the device."
                    ),
                    WhyGenerated::Insecure => {
                        write!(f, "this page must be served over HTTPS to use {devices}.")
                    }
                    WhyGenerated::Other(message) => {
                        write!(f, "the browser gave no access to {devices} ({message}).")
                    }
                }
            }
        }
    }
}

/// The sound and the picture of the near side.
#[derive(Debug)]
pub(super) struct Media {
    audio: MediaStreamTrack,
    video: MediaStreamTrack,
    source: MediaSource,
    // What produces the two tracks; gone once stopped.
    producers: RefCell<Option<(Sound, Image)>>,
}

impl Media {
    /// Asks for the devices, and generates what they do not give.
    pub(super) async fn open(options: &DemoOptions) -> Result<Self, DemoError> {
        let size = options.video_size;
        let devices = if options.devices {
            Devices::ask(size).await
        } else {
            Devices::none(WhyGenerated::Asked)
        };
        let no_media = |error| DemoError::no_media(&error);
        let sound = match devices.microphone {
            Some(microphone) => Sound::Microphone(microphone),
            None => Sound::Tone(Tone::start().map_err(no_media)?),
        };
        let image = match devices.camera {
            Some(camera) => Image::Camera(camera),
            None => Image::Picture(Picture::camera(size).map_err(no_media)?),
        };
        let why = devices.why;
        let source = match (&sound, &image) {
            (Sound::Microphone(_), Image::Camera(_)) => MediaSource::Devices,
            (Sound::Tone(_), Image::Camera(_)) => MediaSource::Generated {
                what: Generated::Sound,
                why,
            },
            (Sound::Microphone(_), Image::Picture(_)) => MediaSource::Generated {
                what: Generated::Picture,
                why,
            },
            (Sound::Tone(_), Image::Picture(_)) => MediaSource::Generated {
                what: Generated::PictureAndSound,
                why,
            },
        };
        Ok(Self {
            audio: Clone::clone(sound.track()),
            video: Clone::clone(image.track()),
            source,
            producers: RefCell::new(Some((sound, image))),
        })
    }

    pub(super) const fn audio(&self) -> &MediaStreamTrack {
        &self.audio
    }

    pub(super) const fn video(&self) -> &MediaStreamTrack {
        &self.video
    }

    pub(super) const fn source(&self) -> &MediaSource {
        &self.source
    }

    /// Lets go of the devices, and of what generates.
    pub(super) fn stop(&self) {
        self.producers.take();
    }
}

#[derive(Debug)]
enum Sound {
    Microphone(OwnedTrack),
    Tone(Tone),
}

impl Sound {
    const fn track(&self) -> &MediaStreamTrack {
        match self {
            Self::Microphone(device) => device.track(),
            Self::Tone(tone) => tone.track(),
        }
    }
}

#[derive(Debug)]
enum Image {
    Camera(OwnedTrack),
    Picture(Picture),
}

impl Image {
    const fn track(&self) -> &MediaStreamTrack {
        match self {
            Self::Camera(device) => device.track(),
            Self::Picture(picture) => picture.track(),
        }
    }
}

/// A track that stops when dropped: until then, a device shows that it is in use.
#[derive(Debug)]
pub(super) struct OwnedTrack(MediaStreamTrack);

impl OwnedTrack {
    /// A second track from the same source.
    pub(super) fn copy_of(track: &MediaStreamTrack) -> Self {
        // The method of JavaScript; Rust's `Clone::clone` is another handle to the same track.
        Self(MediaStreamTrack::clone(track))
    }

    pub(super) const fn track(&self) -> &MediaStreamTrack {
        &self.0
    }
}

impl Drop for OwnedTrack {
    fn drop(&mut self) {
        self.0.stop();
    }
}

struct Devices {
    microphone: Option<OwnedTrack>,
    camera: Option<OwnedTrack>,
    // Says nothing where both are there.
    why: WhyGenerated,
}

impl Devices {
    const fn none(why: WhyGenerated) -> Self {
        Self {
            microphone: None,
            camera: None,
            why,
        }
    }

    // Together first: that is one question to the person. One by one only where one of them may be missing.
    async fn ask(size: VideoSize) -> Self {
        let why = match request(Some(size), true).await {
            Ok((microphone, camera)) => {
                return Self {
                    microphone,
                    camera,
                    why: WhyGenerated::NotFound,
                };
            }
            Err(why @ (WhyGenerated::Refused | WhyGenerated::Insecure)) => return Self::none(why),
            Err(why) => why,
        };
        let camera = request(Some(size), false)
            .await
            .ok()
            .and_then(|(_, camera)| camera);
        let microphone = request(None, true)
            .await
            .ok()
            .and_then(|(microphone, _)| microphone);
        Self {
            microphone,
            camera,
            why,
        }
    }
}

async fn request(
    camera: Option<VideoSize>,
    microphone: bool,
) -> Result<(Option<OwnedTrack>, Option<OwnedTrack>), WhyGenerated> {
    let devices = gloo::utils::window()
        .navigator()
        .media_devices()
        .map_err(|error| WhyGenerated::of(&error))?;
    // Browsers leave it out on pages that are not secure.
    if devices.is_undefined() {
        return Err(WhyGenerated::Insecure);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_bool(microphone);
    match camera {
        None => constraints.set_video_bool(false),
        Some(size) => constraints.set_video_media_track_constraints(&wished(size)),
    }
    let promise = devices
        .get_user_media_with_constraints(&constraints)
        .map_err(|error| WhyGenerated::of(&error))?;
    let stream: MediaStream = JsFuture::from(promise)
        .await
        .map_err(|error| WhyGenerated::of(&error))?
        .unchecked_into();
    let first = |tracks: js_sys::Array| tracks.get(0).dyn_into().ok().map(OwnedTrack);
    Ok((
        first(stream.get_audio_tracks()),
        first(stream.get_video_tracks()),
    ))
}

// Wishes, not demands: a camera that has no such size gives its nearest.
fn wished(size: VideoSize) -> MediaTrackConstraints {
    const FRAMES_PER_SECOND: f64 = 30.0;
    let constraints = MediaTrackConstraints::new();
    constraints.set_width(&size.width().into());
    constraints.set_height(&size.height().into());
    constraints.set_frame_rate_f64(FRAMES_PER_SECOND);
    constraints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_is_told_what_is_sent_and_why() {
        let told = |what, why| MediaSource::Generated { what, why }.to_string();
        assert_eq!(
            told(Generated::Picture, WhyGenerated::NotFound),
            "The call sends a generated picture: the camera could not be found."
        );
        assert_eq!(
            told(Generated::PictureAndSound, WhyGenerated::Refused),
            "The call sends a generated picture and sound: use of the camera and microphone was not allowed."
        );
        let words = WhyGenerated::Other("TypeError".to_owned());
        assert!(
            told(Generated::Sound, words)
                .ends_with("the browser gave no access to the microphone (TypeError).")
        );
    }
}
