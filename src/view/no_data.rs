//! What a page says that has nothing to show yet.

use crate::erased::{Button, fixed, when};
use crate::markup::*;
use crate::stored::source::{NO_STORAGE, make_up, start_over};

/// How calls come to be here.
pub(crate) fn no_data() -> AnyView {
    let has_failed = RwSignal::new(false);
    let look_around = move || {
        if make_up(true) {
            start_over();
        } else {
            has_failed.set(true);
        }
    };
    let failure = || view! { <p class="alert" role="alert">{NO_STORAGE}</p> }.into_any();
    let look_around =
        Button::new(fixed("Look around with made-up calls"), look_around).testid("look-around");
    view! {
        <section class="card empty-state" data-testid="no-data">
            <h2>"No calls are stored yet"</h2>
            <p>
                "Calls appear here as soon as a participant's browser has measured some seconds of one. A call of this page with itself is the quickest:"
            </p>
            <p class="actions">
                <a class="button primary" href="#/live">"Start a demo call"</a>
                {look_around.view()}
                <a class="button" href="#/settings">"Read from somewhere else"</a>
            </p>
            {when(move || has_failed.get(), failure)}
            <p>"An application measures its calls with three lines:"</p>
            <pre><code>
                "import { start } from \"callscope\";\nconst scope = await start({ endpoint: \"https://\u{2026}/v1/batches\" });\nscope.attachRoom(room); // a Room of Twilio Video JS, or scope.attachPeerConnection(pc)"
            </code></pre>
            <p class="hint">
                "A collector with two weeks of calls made up: " <code>"cargo xtask run --demo"</code> ", or "
                <code>"callscope simulate --participants 1500 --days 14 --store sqlite:callscope.db"</code> "."
            </p>
        </section>
    }
    .into_any()
}
