//! A picture and a sound for those without a camera and a microphone, and the slides that are shared as a screen.

use callscope_core::to_fixed;
use gloo::timers::callback::Interval;
use js_sys::Math;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioContext, CanvasRenderingContext2d, HtmlCanvasElement, MediaStreamTrack};

use super::options::VideoSize;

const CAMERA_FRAMES_PER_SECOND: u32 = 30;
const SLIDES_FRAMES_PER_SECOND: u32 = 10;
/// How long a slide stays, in frames: four seconds.
const FRAMES_PER_SLIDE: u32 = 40;

/// A video track drawn on a canvas that is in no page. Stops and frees the canvas when dropped.
#[derive(Debug)]
pub(super) struct Picture {
    track: MediaStreamTrack,
    canvas: HtmlCanvasElement,
    _painting: Interval,
}

impl Picture {
    /// What a camera would send: everything moves, a little.
    pub(super) fn camera(size: VideoSize) -> Result<Self, JsValue> {
        Self::start(size, CAMERA_FRAMES_PER_SECOND, paint_camera)
    }

    /// What somebody who presents would share: text that stays for a while, then changes all at once.
    pub(super) fn slides(size: VideoSize) -> Result<Self, JsValue> {
        let slides = Self::start(size.of_screen(), SLIDES_FRAMES_PER_SECOND, paint_slides)?;
        // Keeps text sharp at the expense of the frame rate, as real screens are sent. web-sys has no setter.
        js_sys::Reflect::set(&slides.track, &"contentHint".into(), &"detail".into())?;
        Ok(slides)
    }

    pub(super) const fn track(&self) -> &MediaStreamTrack {
        &self.track
    }

    fn start(size: VideoSize, frames_per_second: u32, paint: fn(&Brush)) -> Result<Self, JsValue> {
        let document = gloo::utils::document();
        let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
        canvas.set_width(size.width());
        canvas.set_height(size.height());
        // Before `captureStream`: Firefox captures nothing from a canvas without a context.
        let context = canvas
            .get_context("2d")?
            .ok_or("the canvas has no 2d context")?;
        let mut brush = Brush {
            context: context.unchecked_into(),
            width: f64::from(size.width()),
            height: f64::from(size.height()),
            frame: 0,
        };
        paint(&brush);
        let stream = canvas.capture_stream_with_frame_request_rate(f64::from(frames_per_second))?;
        // A timer and not an animation frame: the call goes on while another tab is in front.
        let painting = Interval::new(1000 / frames_per_second, move || {
            brush.frame = brush.frame.wrapping_add(1);
            paint(&brush);
        });
        Ok(Self {
            track: only_track(&stream.get_video_tracks())?,
            canvas,
            _painting: painting,
        })
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        self.track.stop();
        // The backing store is freed at once, not whenever the element is collected.
        self.canvas.set_width(0);
        self.canvas.set_height(0);
    }
}

/// An audio track of a soft, wavering tone. It goes into the call alone, not to the loudspeakers. Stops when dropped.
#[derive(Debug)]
pub(super) struct Tone {
    track: MediaStreamTrack,
    context: AudioContext,
}

impl Tone {
    const PITCH_HZ: f32 = 220.0;
    /// About as often as somebody who speaks utters a syllable.
    const WAVER_HZ: f32 = 4.0;
    const LEVEL: f32 = 0.1;
    const WAVER: f32 = 0.07;

    pub(super) fn start() -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        let output = context.create_media_stream_destination()?;
        let tone = Self {
            track: only_track(&output.stream().get_audio_tracks())?,
            context,
        };
        let context = &tone.context;

        let level = context.create_gain()?;
        level.gain().set_value(Self::LEVEL);
        level.connect_with_audio_node(&output)?;
        let pitch = context.create_oscillator()?;
        pitch.frequency().set_value(Self::PITCH_HZ);
        pitch.connect_with_audio_node(&level)?;

        let depth = context.create_gain()?;
        depth.gain().set_value(Self::WAVER);
        depth.connect_with_audio_param(&level.gain())?;
        let waver = context.create_oscillator()?;
        waver.frequency().set_value(Self::WAVER_HZ);
        waver.connect_with_audio_node(&depth)?;

        pitch.start()?;
        waver.start()?;
        // Without a click on the page the context waits for one, and this never settles: nothing may wait for it.
        let resumed = context.resume()?;
        spawn_local(async move {
            if let Err(error) = JsFuture::from(resumed).await {
                web_sys::console::warn_2(
                    &"callscope: the generated sound did not start".into(),
                    &error,
                );
            }
        });
        Ok(tone)
    }

    pub(super) const fn track(&self) -> &MediaStreamTrack {
        &self.track
    }
}

impl Drop for Tone {
    fn drop(&mut self) {
        self.track.stop();
        if let Err(error) = self.context.close() {
            web_sys::console::warn_2(
                &"callscope: the generated sound did not stop".into(),
                &error,
            );
        }
    }
}

fn only_track(tracks: &js_sys::Array) -> Result<MediaStreamTrack, JsValue> {
    tracks
        .get(0)
        .dyn_into()
        .map_err(|_missing| JsValue::from("the generated stream has no track"))
}

// What a frame is painted with.
struct Brush {
    context: CanvasRenderingContext2d,
    width: f64,
    height: f64,
    frame: u32,
}

impl Brush {
    fn fill(&self, colour: &str, x: f64, y: f64, width: f64, height: f64) {
        self.context.set_fill_style_str(colour);
        self.context.fill_rect(x, y, width, height);
    }

    fn text(&self, text: &str, size: f64, x: f64, y: f64) {
        self.context
            .set_font(&format!("{}px sans-serif", to_fixed(size, 0)));
        // Fails for no text: a canvas that cannot write is still a moving picture.
        if let Err(error) = self.context.fill_text(text, x, y) {
            web_sys::console::warn_1(&error);
        }
    }
}

fn paint_camera(brush: &Brush) {
    const STRIPES: u32 = 24;
    // The colours go round once in fifteen seconds.
    const FRAMES_PER_TURN: u32 = 15 * CAMERA_FRAMES_PER_SECOND;
    let Brush {
        width,
        height,
        frame,
        ..
    } = *brush;
    let seconds = f64::from(frame) / f64::from(CAMERA_FRAMES_PER_SECOND);
    let stripe = width / f64::from(STRIPES);
    for index in 0..STRIPES {
        let hue = index * 9 + frame % FRAMES_PER_TURN * 360 / FRAMES_PER_TURN;
        brush.fill(
            &format!("hsl({hue} 45% 42%)"),
            f64::from(index) * stripe,
            0.0,
            stripe + 1.0,
            height,
        );
    }
    for index in 0..6_u32 {
        let phase = seconds * (0.5 + 0.13 * f64::from(index)) + f64::from(index);
        let side = height / 6.0;
        let x = (0.5 + 0.42 * Math::sin(phase)) * width - side / 2.0;
        let y = (0.5 + 0.38 * Math::cos(phase * 1.3)) * height - side / 2.0;
        brush.fill(&format!("hsl({} 80% 65%)", index * 60), x, y, side, side);
    }
    brush.context.set_fill_style_str("#fff");
    brush.text(
        &format!("{:>6} s", to_fixed(seconds, 1).to_string()),
        height / 9.0,
        height / 18.0,
        height / 6.0,
    );
}

fn paint_slides(brush: &Brush) {
    const LINES: u32 = 9;
    let Brush {
        width,
        height,
        frame,
        ..
    } = *brush;
    let slide = frame / FRAMES_PER_SLIDE;
    brush.fill("#fdfdf8", 0.0, 0.0, width, height);
    brush.fill(
        &format!("hsl({} 55% 40%)", slide * 47 % 360),
        0.0,
        0.0,
        width,
        height / 7.0,
    );
    brush.context.set_fill_style_str("#fff");
    brush.text(
        &format!("Slide {}", slide + 1),
        height / 12.0,
        height / 16.0,
        height / 10.0,
    );
    brush.context.set_fill_style_str("#222");
    for line in 0..LINES {
        let length = usize::try_from(3 + (slide * 7 + line * 5) % 6).unwrap_or(3);
        let words = ["calls", "packets", "round trips", "frames", "layers"][line as usize % 5];
        let y = height * (0.26 + 0.08 * f64::from(line));
        brush.text(
            &format!("{}. {}", line + 1, vec![words; length].join(", ")),
            height / 24.0,
            height / 14.0,
            y,
        );
    }
    // A pointer that moves: without any change a canvas gives no frames at all.
    let along = f64::from(frame % FRAMES_PER_SLIDE) / f64::from(FRAMES_PER_SLIDE);
    brush.fill(
        "#c22",
        width * along,
        height * 0.96,
        height / 60.0,
        height / 60.0,
    );
}
