//! The shell: header, navigation, and the page that the address names.

use gloo::events::EventListener;
use leptos::ev::MouseEvent;

use crate::erased::{all, dynamic, effect, nothing, when};
use crate::live::Live;
use crate::markup::*;
use crate::page::{live_page, not_found_page, replay_page};
use crate::replay::Replay;
use crate::route::Route;
use crate::theme::theme_switch;

/// What `index.html` shows until the app is there.
const LOADING: &str = "loading";

/// Mounts the app in place of what said that it was loading.
pub fn start() {
    console_error_panic_hook::set_once();
    if let Some(loading) = document().get_element_by_id(LOADING) {
        loading.remove();
    }
    leptos::mount::mount_to_body(App);
}

/// The app. A call, and a recording, stay while another page is looked at.
#[component]
pub fn App() -> impl IntoView {
    let live = Live::new();
    live.export();
    live.watch();
    let replay = Replay::new();
    let route = follow_address();
    let main = AnyNode::new();
    let to_main = move || {
        if let Some(main) = main.get_untracked() {
            crate::view::focus(&main);
        }
    };
    // The keyboard follows to the new page; on the first one it stays at the top.
    let mut before = None;
    effect(move || {
        let now = route.get();
        document().set_title(&format!("{} \u{b7} callscope", now.title()));
        if before
            .replace(now.clone())
            .is_some_and(|before| before != now)
        {
            to_main();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    });
    // Not a link to an anchor: what is behind the # names a page.
    let skip = move |event: MouseEvent| {
        event.prevent_default();
        to_main();
    };
    view! {
        <a class="skip" href="#main" on:click=skip>"Skip to the content"</a>
        {header(route, live)}
        <main id="main" tabindex="-1" node_ref=main>
            {dynamic(move || match route.get() {
                Route::Live => live_page(live),
                Route::Replay => replay_page(replay),
                Route::Unknown(path) => not_found_page(&path),
            })}
        </main>
    }
}

fn header(route: RwSignal<Route>, live: Live) -> AnyView {
    let link = move |page: Route| {
        let (href, title) = (page.href(), page.title());
        let dot = if page == Route::Live {
            when(move || live.is_running(), live_dot)
        } else {
            nothing()
        };
        let is_current = move || route.with(|route| *route == page);
        view! {
            <li>
                <a href=href aria-current=move || is_current().then_some("page")>
                    {title}
                    {dot}
                </a>
            </li>
        }
        .into_any()
    };
    view! {
        <header class="shell">
            <a class="brand" href=Route::default().href()>
                <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                    <path d="M1.5 11h3l2.5-7 4.5 13 3-9 1.5 3h2.5"></path>
                </svg>
                "callscope"
            </a>
            <nav aria-label="Pages">
                <ul>{all(Route::PAGES.map(link))}</ul>
            </nav>
            {theme_switch()}
        </header>
    }
    .into_any()
}

fn live_dot() -> AnyView {
    view! {
        <span class="live-dot" title="A call is going on">
            <span class="visually-hidden">", a call is going on"</span>
        </span>
    }
    .into_any()
}

/// The page that the address names, whenever that changes.
fn follow_address() -> RwSignal<Route> {
    let named = || Route::of_hash(&window().location().hash().unwrap_or_default());
    let route = RwSignal::new(named());
    let listener = EventListener::new(&window(), "hashchange", move |_| route.set(named()));
    StoredValue::new_local(listener);
    route
}
