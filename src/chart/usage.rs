//! A chart of usage as a component: a card with title, legend, what is looked at in words, plot, and ways to take the numbers away.

use std::fmt;
use std::sync::Arc;

use gloo::timers::callback::Timeout;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::prelude::{Track, WithValue};
use wasm_bindgen::JsCast;

use callscope_core::to_fixed;

use super::export::{Picture, save_text};
use super::frame::{Frame, MARGIN};
use super::group::ChartGroup;
use super::ink::Pattern;
use super::paint::{Painting, paint_when_needed};
use super::palette::Palette;
use super::plate::{Look, Plate, PlateKey, Spot, stepped};
use super::unit::UNKNOWN;
use super::usage_table::table;
use crate::erased::{
    Button, all, attribute, class_while, dynamic, each, effect, fixed, handler, nothing, text, when,
};
use crate::markup::*;

/// How long the keyboard has to rest before what is looked at is spoken, in milliseconds.
const SPEAK_AFTER_MS: u32 = 300;

/// What is to be said of a part, or of none.
pub type Say = Arc<dyn Fn(Option<Spot>) -> String + Send + Sync>;

/// A way to what is behind a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// What the link is called.
    pub name: String,
    /// Where it leads to.
    pub href: String,
}

/// The ways that there are from a part; the keyboard takes the first.
pub type Lead = Arc<dyn Fn(Spot) -> Vec<Way> + Send + Sync>;

/// What a chart of usage is made of.
pub struct Usage {
    /// What paints it.
    pub group: ChartGroup,
    /// What it shows, as its heading.
    pub title: String,
    /// Its name for tests, and in identifiers.
    pub id: &'static str,
    /// What it draws.
    pub plate: Signal<Arc<dyn Plate>>,
    /// What can be chosen above it.
    pub tools: AnyView,
    /// What it says below its heading.
    pub say: Say,
    /// Where its parts lead to.
    pub lead: Lead,
    /// In CSS pixels, axes included.
    pub height: u32,
}

impl fmt::Debug for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Usage").field(&self.title).finish()
    }
}

/// What its parts share.
#[derive(Clone, Copy)]
pub(super) struct State {
    group: ChartGroup,
    pub(super) title: StoredValue<String>,
    pub(super) id: &'static str,
    pub(super) plate: Signal<Arc<dyn Plate>>,
    spot: RwSignal<Option<Spot>>,
    isolated: RwSignal<Option<usize>>,
    frame: RwSignal<Option<Frame>>,
    spoken: RwSignal<String>,
    say: StoredValue<Say>,
    lead: StoredValue<Lead>,
}

impl State {
    /// The part that is looked at, if the chart still has it. Tracks.
    fn at(&self) -> Option<Spot> {
        let (columns, _) = self.plate.with(|plate| plate.size());
        self.spot.get().filter(|spot| spot.column < columns)
    }

    fn look(&self) -> Look {
        Look {
            scale: self.group.display.scale.get_untracked(),
            palette: Palette::of(self.group.display.dark.get_untracked()),
            isolated: self.isolated.get_untracked(),
        }
    }

    fn says(&self, spot: Option<Spot>) -> String {
        self.say.with_value(|say| say(spot))
    }

    fn ways(&self, spot: Option<Spot>) -> Vec<Way> {
        let lead = |spot| self.lead.with_value(|lead| lead(spot));
        spot.map(lead).unwrap_or_default()
    }

    /// Goes to what is behind a part.
    fn open(&self, spot: Option<Spot>) {
        if let Some(way) = untrack(|| self.ways(spot)).first() {
            // Anything can stand behind the #.
            let _kept = window().location().set_hash(&way.href);
        }
    }

    fn keys(&self) -> Vec<PlateKey> {
        let at = self.at();
        self.plate.with(|plate| plate.keys(at))
    }
}

/// A chart of usage.
///
/// The pointer shows what a part says and a click leads to what is behind it; a finger shows it, and a link leads on. The plot is one tab stop:
/// arrows lead from part to part, Home and End to the ends, Enter to what is behind, Escape to none.
#[must_use]
pub fn usage_chart(given: Usage) -> AnyView {
    let Usage {
        group,
        title,
        id,
        plate,
        tools,
        say,
        lead,
        height,
    } = given;
    let state = State {
        group,
        title: StoredValue::new(title.clone()),
        id,
        plate,
        spot: RwSignal::new(None),
        isolated: RwSignal::new(None),
        frame: RwSignal::new(None),
        spoken: RwSignal::new(String::new()),
        say: StoredValue::new(say),
        lead: StoredValue::new(lead),
    };
    let canvas = AnyNode::new();
    let as_table = RwSignal::new(false);
    let button = |words: &'static str, act: Box<dyn Fn() + Send + Sync>| {
        Button::new(fixed(words), act).class("chart-action")
    };
    let picture = move || {
        if let Some(canvas) = canvas.get_untracked() {
            save_png(state, canvas.unchecked_ref());
        }
    };
    let csv = move || {
        let (text, unit) = plate.with_untracked(|plate| (plate.sheet().csv(), plate.measure()));
        save_text(text, &state.title.get_value(), unit.slug());
    };
    view! {
        <section class="chart-card" aria-labelledby=id data-testid=format!("chart-{id}")>
            <header class="chart-header">
                <h3 class="chart-title" id=id>{title}</h3>
                <div class="chart-actions">
                    {button("PNG", Box::new(picture)).title("Save as a picture").view()}
                    {button("CSV", Box::new(csv)).title("Save the numbers").view()}
                    {button("Table", Box::new(move || as_table.update(|shown| *shown = !*shown)))
                        .title("Show as table")
                        .pressed(move || as_table.get())
                        .view()}
                </div>
                {legend(state)}
            </header>
            {tools}
            {readout(state)}
            {plot(state, canvas, height)}
            {when(move || as_table.get(), move || table(state))}
        </section>
    }
    .into_any()
}

/// A key for each layer; a click on one isolates it.
fn legend(state: State) -> AnyView {
    let keys = Memo::new(move |_| state.keys());
    // Other layers are all to be seen at first.
    let names = Memo::new(move |_| {
        keys.with(|keys| {
            let names = keys.iter().map(|key| key.name.clone());
            names.collect::<Vec<_>>()
        })
    });
    effect(move || {
        names.track();
        state.isolated.set(None);
    });
    let places = move || (0..keys.with(Vec::len)).collect();
    let key = move |place: usize| dynamic(move || legend_key(state, place, keys));
    view! { <ul class="chart-legend chart-legend-usage">{each(places, key)}</ul> }.into_any()
}

fn legend_key(state: State, place: usize, keys: Memo<Vec<PlateKey>>) -> AnyView {
    // The name and the ink stay as a rule while values change.
    let fixed_part = Memo::new(move |_| {
        keys.with(|keys| {
            let key = keys.get(place)?;
            Some((key.name.clone(), key.ink))
        })
    });
    let Some((name, ink)) = fixed_part.get() else {
        return nothing();
    };
    let class = match ink.pattern {
        Pattern::Solid | Pattern::Striped => "chart-swatch chart-block",
        _ => "chart-swatch",
    };
    let value = move || {
        let value = keys.with(|keys| keys.get(place).and_then(|key| key.value));
        let measure = state.plate.with(|plate| plate.measure());
        value.map_or_else(|| UNKNOWN.to_owned(), |value| measure.format(value))
    };
    let content = all([
        view! { <i class=class style=ink.style()></i> }.into_any(),
        view! { <span class="chart-name">{name}</span> }.into_any(),
    ]);
    // What is a level of cells has no value of its own.
    if state.plate.with_untracked(|plate| plate.is_grid()) {
        return view! { <li class="chart-key chart-key-level">{content}</li> }.into_any();
    }
    let is_isolated = move || state.isolated.get() == Some(place);
    let toggle = move || {
        let next = (!untrack(is_isolated)).then_some(place);
        state.isolated.set(next);
    };
    let is_hidden = move || state.isolated.get().is_some_and(|only| only != place);
    view! {
        <li class="chart-key" class:chart-key-hidden=class_while(is_hidden)>
            <button
                type="button"
                title="Show this alone"
                aria-pressed=attribute(move || Some(is_isolated().to_string()))
                on:click=handler(move |_: MouseEvent| toggle())
            >
                {content}
                <b class="chart-value">{text(value)}</b>
            </button>
        </li>
    }
    .into_any()
}

/// What is looked at in words, and a link to what is behind it.
fn readout(state: State) -> AnyView {
    let link = |Way { name, href }: Way| view! { <a href=href>{name}</a> }.into_any();
    let class = if state.plate.with_untracked(|plate| plate.is_grid()) {
        "chart-readout chart-readout-grid"
    } else {
        "chart-readout"
    };
    let links = move || all(state.ways(state.at()).into_iter().map(link));
    view! {
        <p class=class data-testid=format!("readout-{}", state.id)>
            <span>{text(move || state.says(state.at()))}</span>
            {dynamic(links)}
        </p>
    }
    .into_any()
}

fn plot(state: State, canvas: AnyNode, height: u32) -> AnyView {
    let State { group, spot, .. } = state;
    let painting = Painting {
        group,
        id: group.join(),
        track: Box::new(move || {
            state.plate.track();
            state.isolated.track();
        }),
        paint: Box::new(move |list| {
            let look = state.look();
            let frame = state
                .plate
                .with_untracked(|plate| plate.draw(list, &look))?;
            if state.frame.get_untracked() != frame {
                state.frame.set(frame);
            }
            Ok(())
        }),
    };
    paint_when_needed(painting, canvas);
    // A finger shows what a part says; only then it may lead on.
    let is_touch = StoredValue::new(false);
    // What leads to several stays until something else is pressed, so that one of them can be chosen.
    let is_held = StoredValue::new(false);
    let on_press = move |event: PointerEvent| {
        is_touch.set_value(event.pointer_type() == "touch");
        is_held.set_value(false);
        spot.set(hit(state, &event));
    };
    let on_move = move |event: PointerEvent| {
        let at = hit(state, &event);
        if event.pointer_type() != "touch" && !is_held.get_value() && spot.get_untracked() != at {
            spot.set(at);
        }
    };
    let on_leave = move |event: PointerEvent| {
        if event.pointer_type() != "touch" && !is_held.get_value() {
            spot.set(None);
        }
    };
    let on_click = move |_: MouseEvent| {
        let at = spot.get_untracked();
        is_held.set_value(untrack(|| state.ways(at)).len() > 1);
        if !is_touch.get_value() && !is_held.get_value() {
            state.open(at);
        }
    };
    let label = move || {
        let title = state.title.get_value();
        format!("{title}. Arrow keys read values, Enter opens the rooms, Escape ends.")
    };
    let style = move || {
        let (spot, frame) = (state.at()?, state.frame.get()?);
        let outline = state.plate.with(|plate| plate.outline(&frame, spot))?;
        Some(box_style(outline, frame.scale))
    };
    let hidden = || "display: none".to_owned();
    let inset = format!("{}; {}", MARGIN.columns(), MARGIN.rows());
    view! {
        <div
            class="chart-plot"
            style=format!("height: {height}px")
            tabindex="0"
            role="group"
            aria-label=attribute(move || Some(label()))
            on:keydown=handler(move |event| on_key(state, &event))
        >
            <canvas class="chart-canvas" aria-hidden="true" node_ref=canvas></canvas>
            <div class="chart-spot" style=attribute(move || style().or_else(|| Some(hidden())))></div>
            <div
                class="chart-hit chart-hit-parts"
                style=inset
                on:pointerdown=handler(on_press)
                on:pointermove=handler(on_move)
                on:pointerleave=handler(on_leave)
                on:click=handler(on_click)
            ></div>
            <p class="chart-spoken" aria-live="polite">{text(move || state.spoken.get())}</p>
        </div>
    }
    .into_any()
}

fn box_style([left, top, right, bottom]: [f64; 4], scale: f64) -> String {
    let css = |device: f64| to_fixed(device / scale, 2);
    format!(
        "left: {}px; top: {}px; width: {}px; height: {}px",
        css(left),
        css(top),
        css(right - left),
        css(bottom - top)
    )
}

fn hit(state: State, event: &PointerEvent) -> Option<Spot> {
    let frame = state.frame.get_untracked()?;
    let x = (f64::from(event.offset_x()) + MARGIN.left) * frame.scale;
    let y = (f64::from(event.offset_y()) + MARGIN.top) * frame.scale;
    let isolated = state.isolated.get_untracked();
    state
        .plate
        .with_untracked(|plate| plate.hit(&frame, isolated, (x, y)))
}

fn on_key(state: State, event: &KeyboardEvent) {
    // Shortcuts of the browser stay its own.
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let at = untrack(|| state.at());
    let next = match event.key().as_str() {
        "Enter" => {
            state.open(at);
            at
        }
        "Escape" => None,
        key => {
            let next = state
                .plate
                .with_untracked(|plate| stepped(&**plate, at, key, event.shift_key()));
            if next.is_none() {
                return;
            }
            next
        }
    };
    event.prevent_default();
    state.spot.set(next);
    speak(state, next);
}

/// In words, once the keyboard rests.
fn speak(state: State, spot: Option<Spot>) {
    let say = move || {
        // The page may be gone, or something else be looked at by then.
        if spot.is_some() && state.spot.try_get_untracked() == Some(spot) {
            state.spoken.set(untrack(|| state.says(spot)));
        }
    };
    Timeout::new(SPEAK_AFTER_MS, say).forget();
}

fn save_png(state: State, shown: &web_sys::HtmlCanvasElement) {
    let look = state.look();
    let measure = state.plate.with_untracked(|plate| plate.measure());
    let keys = state.plate.with_untracked(|plate| plate.keys(None));
    let key = |(_, key): (usize, PlateKey)| {
        let text = match key.value {
            Some(value) => format!("{} {}", key.name, measure.format(value)),
            None => key.name,
        };
        key.ink.key(text, look.palette)
    };
    let is_shown = |(place, _): &(usize, PlateKey)| look.isolated.is_none_or(|only| only == *place);
    let keys = keys.into_iter().enumerate().filter(is_shown).map(key);
    let keys: Vec<_> = keys.collect();
    let picture = Picture {
        title: &state.title.get_value(),
        keys: &keys,
        scale: look.scale,
        palette: look.palette,
    };
    picture.save(shown, &|list| {
        state
            .plate
            .with_untracked(|plate| plate.draw(list, &look))
            .map(|_| ())
    });
}
