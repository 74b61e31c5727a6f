//! A history in memory keeps what every history promises.

use std::sync::Arc;

use callscope_contract::{account, all_there_is, any_order_makes_the_same, record, story};
use callscope_insights::Memory;
use proptest::prelude::*;

fn memory() -> ((), Arc<Memory>) {
    ((), Arc::new(Memory::new()))
}

callscope_contract::contract!(memory);

#[tokio::test]
async fn a_session_that_is_forgotten_was_never_there() {
    for forgotten in 1..=6 {
        let (whole, without) = (memory().1, memory().1);
        let id = callscope_contract::batches::id(forgotten);
        let others: Vec<_> = story().into_iter().filter(|it| it.session != id).collect();
        record(&whole, &story()).await;
        record(&without, &others).await;
        whole.forget(&account('a'), id);
        whole.forget(&account('b'), id);
        assert_eq!(
            all_there_is(&whole, &account('a')).await,
            all_there_is(&without, &account('a')).await,
            "{forgotten}"
        );
    }
}

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
