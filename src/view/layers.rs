//! The simulcast layers of a published track, one a row.

use callscope_core::Metric;
use leptos::prelude::*;

use super::figure::of_interval;
use super::shown::Shown;
use crate::model::{frame_size, layer_name};

/// The figures of each layer, in the columns of the track's.
#[component]
pub(super) fn Layers(shown: Shown, place: usize) -> impl IntoView {
    move || {
        shown.read(place, |call, subject| {
            subject
                .layers_now()
                .into_iter()
                .map(|layer| {
                    view! {
                        <tr class="layer">
                            <th scope="row" data-label="Layer">{layer_name(call, layer)}</th>
                            <td data-label="Picture">{super::figure::text_or_reason(frame_size(layer))}</td>
                            <td data-label="Bitrate">{of_interval(layer, Metric::Bitrate)}</td>
                            <td data-label="Packet loss">{of_interval(layer, Metric::PacketLoss)}</td>
                            <td data-label="Round trip">{of_interval(layer, Metric::RoundTripTime)}</td>
                            <td data-label="Jitter">{of_interval(layer, Metric::Jitter)}</td>
                            <td colspan="3" class="filler"></td>
                        </tr>
                    }
                })
                .collect_view()
        })
    }
}
