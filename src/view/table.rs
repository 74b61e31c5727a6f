//! Tables of tracks and connections: on a phone each row is a card, so that every cell says what it is.

use crate::erased::all;
use crate::markup::*;

/// A card with a table in it that can be scrolled sideways.
pub(super) fn table(
    id: &'static str,
    title: &'static str,
    hint: AnyView,
    heads: &'static [&'static str],
    bodies: AnyView,
    after: AnyView,
) -> AnyView {
    let heads = heads
        .iter()
        .map(|head| view! { <th scope="col">{*head}</th> }.into_any());
    let heads = all(heads);
    view! {
        <section class="card" aria-labelledby=id>
            <h3 id=id>{title}</h3>
            <p class="hint">{hint}</p>
            <div class="scroll" role="group" aria-labelledby=id tabindex="0">
                <table class="tracks" data-testid=id>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    {bodies}
                </table>
            </div>
            {after}
        </section>
    }
    .into_any()
}

/// A row of it: what it is about, then its cells.
pub(super) fn row(class: &'static str, head: AnyView, cells: AnyView) -> AnyView {
    view! {
        <tr class=class>
            <th scope="row">{head}</th>
            {cells}
        </tr>
    }
    .into_any()
}

/// A cell, and what it is.
pub(super) fn cell((label, content): (&'static str, AnyView)) -> AnyView {
    view! { <td data-label=label>{content}</td> }.into_any()
}
