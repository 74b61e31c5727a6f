//! Order and look-up for lists that are short, or sorted as a rule.
//!
//! The standard library's sorts and maps are faster for long lists, and compiled anew for each type: three kilobytes a time that
//! a browser has to load.

use std::cmp::Ordering;

/// The items by a number, those of equal numbers in the order they had.
pub(crate) fn by_number<T>(items: Vec<T>, number: impl Fn(&T) -> f64) -> Vec<T> {
    let mut order: Vec<(f64, usize)> = items.iter().map(number).zip(0..).collect();
    sort(&mut order);
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|(_, place)| items.get_mut(place)?.take())
        .collect()
}

/// The number of a range that is nearest to `number`, as `clamp`, which carries the words of its panic and all that it takes to
/// write two numbers in them.
pub(crate) fn within(number: f64, least: f64, most: f64) -> f64 {
    number.max(least).min(most)
}

/// By the number, then by the place. What is sorted already stays; else a heapsort, which is the least code.
fn sort(order: &mut [(f64, usize)]) {
    if order.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return;
    }
    for root in (0..order.len() / 2).rev() {
        sink(order, root);
    }
    for end in (1..order.len()).rev() {
        order.swap(0, end);
        sink(&mut order[..end], 0);
    }
}

/// Puts an item of a heap below all that come after it.
fn sink(heap: &mut [(f64, usize)], mut item: usize) {
    loop {
        let below = 2 * item + 1..(2 * item + 3).min(heap.len());
        let last = below.max_by(|&a, &b| compare(&heap[a], &heap[b]));
        match last.filter(|&last| compare(&heap[last], &heap[item]).is_gt()) {
            Some(last) => {
                heap.swap(last, item);
                item = last;
            }
            None => return,
        }
    }
}

fn compare(a: &(f64, usize), b: &(f64, usize)) -> Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

/// What a few numbers stand for.
#[derive(Clone, Debug)]
pub(crate) struct Few<T>(Vec<(u32, T)>);

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Few<T> {
    /// What a number stands for.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.0
            .iter()
            .find(|(other, _)| *other == number)
            .map(|(_, item)| item)
    }

    /// Makes a number stand for something, in place of what it stood for.
    pub(crate) fn insert(&mut self, number: u32, item: T) {
        match self.0.iter_mut().find(|(other, _)| *other == number) {
            Some((_, before)) => *before = item,
            None => self.0.push((number, item)),
        }
    }

    /// Makes a number stand for nothing.
    pub(crate) fn remove(&mut self, number: u32) {
        self.0.retain(|(other, _)| *other != number);
    }

    /// Keeps what `keep` says.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(u32, &T) -> bool) {
        self.0.retain(|(number, item)| keep(*number, item));
    }

    /// All that they stand for.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, item)| item)
    }

    /// Whether none stands for anything.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn equals_keep_their_order() {
        let sorted = by_number(
            vec![(2.0, 'a'), (1.0, 'b'), (2.0, 'c'), (-1.0, 'd')],
            |item| item.0,
        );
        let letters: String = sorted.into_iter().map(|(_, letter)| letter).collect();
        assert_eq!(letters, "dbac");
    }

    proptest! {
        #[test]
        fn lists_are_sorted_as_the_standard_library_sorts_them(list in vec(0_u8..20, 0..60)) {
            let order = |list: &[u8]| -> Vec<(f64, usize)> {
                list.iter().copied().map(f64::from).zip(0..).collect()
            };
            let (mut sorted, mut expected) = (order(&list), order(&list));
            sort(&mut sorted);
            expected.sort_by(compare);
            prop_assert_eq!(sorted, expected);
        }
    }

    #[test]
    fn a_number_stands_for_one_thing() {
        let mut few = Few::default();
        few.insert(3, "a");
        few.insert(5, "b");
        few.insert(3, "c");
        assert_eq!((few.get(3), few.get(4)), (Some(&"c"), None));
        few.remove(3);
        assert_eq!(few.values().collect::<Vec<_>>(), [&"b"]);
        few.retain(|number, _| number != 5);
        assert!(few.is_empty());
    }
}
