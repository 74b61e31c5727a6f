//! A chart as a picture or as numbers, into a file.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::logging::error;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlCanvasElement, Url};

use super::backend::{OpList, TextStyle};
use super::canvas::Canvas;
use super::csv::csv;
use super::draw::{Scene, draw};
use super::frame::{MARGIN, fine, rect, whole};
use super::marks::{Marks, Stroke};
use super::palette::{Colour, Palette};
use super::state::Chart;
use super::tracks::shown;

/// How long a browser may take to begin a download, in milliseconds.
const DOWNLOAD_MS: u32 = 60_000;

/// Saves the numbers of a chart, all of them, as [`csv`] writes them.
pub(super) fn save_csv(chart: Chart) {
    let text = chart.series.with_untracked(|series| csv(series));
    save_text(text, &chart.title.get_value(), chart.unit.slug());
}

/// Saves a text of commas and lines under a chart's title and its unit.
pub(super) fn save_text(text: String, title: &str, unit: &str) {
    let name = format!("{}-{unit}.csv", slug(title));
    let options = BlobPropertyBag::new();
    options.set_type("text/csv;charset=utf-8");
    let parts = js_sys::Array::of1(&text.into());
    let saved = Blob::new_with_str_sequence_and_options(&parts, &options)
        .and_then(|blob| save(&blob, &name));
    saved.unwrap_or_else(report);
}

/// Saves what a chart shows as a picture of the screen's resolution, with title and legend drawn
/// in.
pub(super) fn save_png(chart: Chart, shown: &HtmlCanvasElement) {
    let title = chart.title.get_value();
    chart.with_scene(false, |scene| {
        let scene = Scene {
            highlighted: None,
            ..*scene
        };
        let picture = Picture {
            title: &title,
            keys: &keys(&scene),
            scale: scene.scale,
            palette: scene.palette,
        };
        let draw = |list: &Rc<RefCell<OpList>>| match draw(list, &scene) {
            Ok(_) => Ok(()),
            Err(reason) => Err(reason.to_string()),
        };
        picture.save(shown, &draw);
    });
}

/// What a chart is drawn on, into a file.
type Draw<'a> = &'a dyn Fn(&Rc<RefCell<OpList>>) -> Result<(), String>;

/// A chart as a picture: its title and legend, over what is drawn on its canvas.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture<'a> {
    pub(super) title: &'a str,
    pub(super) keys: &'a [Key],
    /// Device pixels to a CSS pixel.
    pub(super) scale: f64,
    pub(super) palette: &'a Palette,
}

impl Picture<'_> {
    /// Saves it as large as the canvas that shows the chart.
    pub(super) fn save(self, shown: &HtmlCanvasElement, draw: Draw<'_>) {
        picture(self, shown, draw).unwrap_or_else(report);
    }
}

fn picture(given: Picture<'_>, shown: &HtmlCanvasElement, draw: Draw<'_>) -> Result<(), JsValue> {
    let Picture {
        title,
        keys,
        scale,
        palette,
    } = given;
    let element: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    let canvas = Canvas::new(element.clone());
    canvas.take_font_of(shown);
    let size = (shown.width(), shown.height());

    let measure = |text: &str, css: f64, bold| canvas.measure(text, css * scale, bold) / scale;
    let header = Header::new(keys, f64::from(size.0) / scale, &measure);
    let top = whole(header.height * scale);
    canvas.prepare((size.0, size.1 + top.unsigned_abs()));

    // The list has the size of the chart alone, for plotters fills what it is given.
    let list = canvas.prepare_part(size);
    {
        let mut list = list.borrow_mut();
        let (right, bottom) = (f64::from(size.0), f64::from(size.1) + f64::from(top));
        list.fill(&[rect(0.0, 0.0, right, bottom)], palette.surface);
        header.draw(&mut list, title, scale, palette);
        list.origin(0.0, f64::from(top));
    }
    draw(list).map_err(|reason| JsValue::from_str(&reason))?;
    canvas.show();

    let name = format!("{}.png", slug(title));
    let on_blob = Closure::once_into_js(move |blob: Option<Blob>| match blob {
        Some(blob) => save(&blob, &name).unwrap_or_else(report),
        None => report(JsValue::from_str(
            "the browser made no picture, perhaps for want of memory",
        )),
    });
    element.to_blob(on_blob.unchecked_ref())
}

/// What of a chart has which colour.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) colour: Colour,
    /// Of the line that stands for it, in CSS pixels.
    pub(super) width: f64,
    /// The dash of that line and the gap after it, in CSS pixels.
    pub(super) dash: Option<(f64, f64)>,
}

fn keys(scene: &Scene<'_>) -> Vec<Key> {
    let tracks = shown(scene).map(|track| Key {
        text: track.name.clone(),
        colour: scene.palette.track(track.colour),
        width: 3.0,
        dash: None,
    });
    let thresholds = scene.thresholds.iter().map(|threshold| Key {
        text: threshold.label.clone(),
        colour: scene.palette.severity(threshold.severity),
        width: 1.0,
        dash: Some((4.0, 4.0)),
    });
    tracks.chain(thresholds).collect()
}

/// Title and legend over an exported chart, in CSS pixels.
struct Header<'a> {
    keys: Vec<(&'a Key, f64, f64)>,
    height: f64,
}

const TITLE_SIZE: f64 = 14.0;
const KEY_SIZE: f64 = 12.0;
const EDGE: f64 = 16.0;
const SWATCH: f64 = 14.0;
const KEY_LINE: f64 = 20.0;

impl<'a> Header<'a> {
    /// The title on the first line, the keys in as many lines as they need in `width`.
    fn new(keys: &'a [Key], width: f64, measure: &dyn Fn(&str, f64, bool) -> f64) -> Self {
        let (mut x, mut y) = (EDGE, EDGE + TITLE_SIZE + KEY_LINE);
        let mut placed = Vec::new();
        for key in keys {
            let length = SWATCH + 6.0 + measure(&key.text, KEY_SIZE, false);
            if x > EDGE && x + length > width - EDGE {
                (x, y) = (EDGE, y + KEY_LINE);
            }
            placed.push((key, x, y));
            x += length + 20.0;
        }
        let last = placed.last().map_or(EDGE + TITLE_SIZE, |(_, _, y)| *y);
        Self {
            keys: placed,
            height: last + MARGIN.top + 4.0,
        }
    }

    fn draw(&self, list: &mut OpList, title: &str, scale: f64, palette: &Palette) {
        let style = |size: f64, bold, colour| TextStyle {
            size: size * scale,
            bold,
            colour,
            horizontal: 0,
            vertical: 1,
        };
        let title_at = (EDGE * scale, (EDGE + TITLE_SIZE / 2.0) * scale);
        list.text(title, title_at, style(TITLE_SIZE, true, palette.text));
        for (key, x, y) in &self.keys {
            let stroke = Stroke {
                colour: key.colour,
                width: fine(key.width * scale),
                dash: key
                    .dash
                    .map(|(dash, gap)| (fine(dash * scale), fine(gap * scale))),
                draft: false,
            };
            let end = |x: f64| Some((fine(x * scale), fine(y * scale)));
            list.line(&[end(*x), end(x + SWATCH)], stroke);
            let at = ((x + SWATCH + 6.0) * scale, y * scale);
            list.text(&key.text, at, style(KEY_SIZE, false, palette.muted));
        }
    }
}

fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    gloo::timers::callback::Timeout::new(DOWNLOAD_MS, move || {
        Url::revoke_object_url(&url).unwrap_or_else(report);
    })
    .forget();
    Ok(())
}

fn report(reason: JsValue) {
    error!("the chart could not be saved: {reason:?}");
}

/// A title as a file's name: small letters and digits, joined by hyphens.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() {
        "chart".to_owned()
    } else {
        words.join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key {
            text: text.to_owned(),
            colour: Colour::hex(0),
            width: 3.0,
            dash: None,
        }
    }

    #[test]
    fn keys_break_into_lines_that_fit() {
        let keys = [key("Camera 720p"), key("Screen share"), key("Audio")];
        let measure =
            |text: &str, _: f64, _: bool| u32::try_from(text.len()).map_or(0.0, f64::from) * 7.0;
        let wide = Header::new(&keys, 1_200.0, &measure);
        let narrow = Header::new(&keys, 250.0, &measure);
        let lines = |header: &Header<'_>| {
            let mut rows: Vec<f64> = header.keys.iter().map(|(_, _, y)| *y).collect();
            rows.dedup();
            rows.len()
        };
        assert_eq!((lines(&wide), lines(&narrow)), (1, 2));
        assert!(narrow.height > wide.height);
    }

    #[test]
    fn a_title_makes_a_file_name() {
        assert_eq!(slug("Round-trip time (ms)"), "round-trip-time-ms");
        assert_eq!(slug("\u{2014}"), "chart");
    }
}
