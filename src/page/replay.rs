//! tmp
use crate::replay::Replay;
use leptos::prelude::*;
#[component]
pub fn ReplayPage(replay: Replay) -> impl IntoView { let _ = replay; "replay" }
