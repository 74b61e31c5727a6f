//! The OpenAPI document. Its batch is made from the types of the wire; a test holds its paths to the routes.

use std::sync::OnceLock;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use callscope_core::wire::{Batch, Event, Interval, Summary};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Shared;

/// What is written by hand.
const DOCUMENT: &str = include_str!("openapi.json");

/// The whole document.
#[must_use]
pub fn openapi() -> &'static Value {
    static WHOLE: OnceLock<Value> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let mut document: Value = serde_json::from_str(DOCUMENT).unwrap_or_default();
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let mut generator = settings.into_generator();
        let own = [
            ("Batch", generator.subschema_for::<Batch>()),
            ("Interval", generator.subschema_for::<Interval>()),
            ("Event", generator.subschema_for::<Event>()),
            ("Summary", generator.subschema_for::<Summary>()),
        ];
        let mut schemas = generator.take_definitions(true);
        for (name, schema) in own {
            schemas.entry(name).or_insert(schema.to_value());
        }
        if let Some(Value::Object(written)) = document.pointer_mut("/components/schemas") {
            written.extend(schemas);
        }
        document["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
        document
    })
}

pub(super) async fn document(State(_): State<Shared>) -> Response {
    let text = openapi().to_string();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
