//! A history in memory keeps what every history promises.

use std::sync::Arc;

use callscope_contract::{any_order_makes_the_same, story};
use callscope_insights::Memory;
use proptest::prelude::*;

fn memory() -> ((), Arc<Memory>) {
    ((), Arc::new(Memory::new()))
}

callscope_contract::contract!(memory);

proptest! {
    #[test]
    fn any_order_and_repetition_makes_the_same(order in Just((0..story().len()).collect::<Vec<_>>()).prop_shuffle(),
                                               repeated in prop::collection::vec((0..story().len(), 0..story().len()), 0..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut order = order;
        for (which, place) in repeated {
            order.insert(place.min(order.len()), which);
        }
        runtime.block_on(any_order_makes_the_same(memory().1, memory().1, &order, false));
    }
}
