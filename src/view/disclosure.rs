//! What is told when somebody asks for it.

use crate::markup::*;

/// Words that open what is below them.
pub(crate) fn disclosure(words: String, content: AnyView) -> AnyView {
    view! {
        <details>
            <summary>{words}</summary>
            {content}
        </details>
    }
    .into_any()
}
