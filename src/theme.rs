//! Light, dark, or as the system has it.

use crate::erased::{Button, all, fixed};
use crate::markup::*;

/// Where the choice is kept. `index.html` reads it, too, before anything is painted.
const STORAGE_KEY: &str = "callscope.theme";

/// The attribute of the document's element that the style sheets and charts go by.
const ATTRIBUTE: &str = "data-theme";

/// The colours of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on white.
    Light,
    /// Light on near black.
    Dark,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// What was chosen last. A browser that keeps nothing has the system's.
    #[must_use]
    pub fn stored() -> Self {
        let storage = window().local_storage().ok().flatten();
        storage
            .and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten())
            .and_then(|name| Self::named(&name))
            .unwrap_or_default()
    }

    /// Shows the page in it, and keeps the choice where the browser keeps anything.
    pub fn choose(self) {
        if let Some(root) = document().document_element() {
            let shown = match self {
                Self::System => root.remove_attribute(ATTRIBUTE),
                _ => root.set_attribute(ATTRIBUTE, self.name()),
            };
            debug_assert!(shown.is_ok(), "the attribute's name is valid");
        }
        if let Some(storage) = window().local_storage().ok().flatten() {
            // Storage may be full or switched off: the choice then lasts until the page is left.
            let _unkept = storage.set_item(STORAGE_KEY, self.name());
        }
    }
}

/// Offers the themes.
pub(crate) fn theme_switch() -> AnyView {
    let chosen = RwSignal::new(Theme::stored());
    let button = |theme: Theme| {
        let choose = move || {
            theme.choose();
            chosen.set(theme);
        };
        let (label, testid) = words(theme);
        Button::new(fixed(label), choose)
            .class("")
            .testid(testid)
            .pressed(move || chosen.get() == theme)
            .view()
    };
    view! {
        <div class="segmented" role="group" aria-label="Theme">
            {all(Theme::ALL.map(button))}
        </div>
    }
    .into_any()
}

/// What its button says, and is called in tests.
const fn words(theme: Theme) -> (&'static str, &'static str) {
    match theme {
        Theme::System => ("Auto", "theme-system"),
        Theme::Light => ("Light", "theme-light"),
        Theme::Dark => ("Dark", "theme-dark"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for theme in Theme::ALL {
            assert_eq!(Theme::named(theme.name()), Some(theme));
        }
    }
}
