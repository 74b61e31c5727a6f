//! tmp
use crate::model::Call;
use leptos::prelude::*;
#[derive(Clone, Copy, Debug)]
pub struct Replay { pub call: RwSignal<Call> }
impl Replay { pub fn new() -> Self { Self { call: RwSignal::default() } } }
