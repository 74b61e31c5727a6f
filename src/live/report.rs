//! What a call came to, as text.

use leptos::prelude::*;
use super::Live;
impl Live {
    pub fn export(self) {}
    pub fn save(self) {}
}
