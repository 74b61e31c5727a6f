//! What a page says that has nothing to show yet.

use crate::markup::*;

/// How calls come to be here.
pub(crate) fn no_data() -> AnyView {
    view! {
        <section class="card empty-state" data-testid="no-data">
            <h2>"No calls are stored yet"</h2>
            <p>
                "Calls appear here as soon as a participant's browser has measured some seconds of one. A call of this page with itself is the quickest:"
            </p>
            <p class="actions">
                <a class="button primary" href="#/live">"Start a demo call"</a>
                <a class="button" href="#/settings">"Read from somewhere else"</a>
            </p>
            <p>"An application measures its calls with three lines:"</p>
            <pre><code>
                "import { start } from \"callscope\";\nconst scope = await start({ endpoint: \"https://\u{2026}/v1/batches\" });\nscope.attachRoom(room); // a Room of Twilio Video JS, or scope.attachPeerConnection(pc)"
            </code></pre>
            <p class="hint">
                "To look around with two weeks of calls made up: " <code>"cargo xtask run --demo"</code> ", or "
                <code>"callscope simulate --participants 1500 --days 14 --store sqlite:callscope.db"</code> "."
            </p>
        </section>
    }
    .into_any()
}
