//! Memory: blocks in powers of two, in free lists.
//!
//! What the engine allocates are few vectors that live long and grow by doubling, for which this wastes little. It takes
//! a tenth of the code of the standard allocator. Blocks are used again and never merged, so memory grows to what was
//! needed of each size at the same time, and stays there.
#![expect(
    unsafe_code,
    reason = "an allocator hands out raw memory: this file is the only one, and tested below"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};

/// What every block is aligned to, and the smallest block. Nothing here asks for more.
const ALIGNMENT: usize = 16;
/// Memory is taken in pages of WebAssembly.
const PAGE: usize = 65_536;
/// One list for each power of two of an address.
const CLASSES: usize = usize::BITS as usize;

/// Where memory comes from.
pub trait Source {
    /// So many more pages, anywhere; `None` when there are no more.
    fn pages(&self, count: usize) -> Option<NonNull<u8>>;
}

/// The memory of the WebAssembly module, which grows.
#[cfg(target_arch = "wasm32")]
#[derive(Debug)]
pub struct Module;

#[cfg(target_arch = "wasm32")]
impl Source for Module {
    fn pages(&self, count: usize) -> Option<NonNull<u8>> {
        let before = core::arch::wasm32::memory_grow::<0>(count);
        // It gives -1 when it cannot, which is no address of a page.
        NonNull::new(before.checked_mul(PAGE)? as *mut u8)
    }
}

/// An allocator for a single thread.
#[derive(Debug)]
pub struct Heap<S>(S, UnsafeCell<State>);

#[derive(Debug)]
struct State {
    /// A free block of each class; each points to the next.
    free: [*mut u8; CLASSES],
    /// What of the last pages is not handed out yet.
    rest: *mut u8,
    left: usize,
}

// SAFETY: the module is built without threads, and each test has a heap of its own.
unsafe impl<S> Sync for Heap<S> {}

impl<S> Heap<S> {
    /// A heap that has no memory yet.
    pub const fn new(source: S) -> Self {
        Self(
            source,
            UnsafeCell::new(State {
                free: [ptr::null_mut(); CLASSES],
                rest: ptr::null_mut(),
                left: 0,
            }),
        )
    }
}

/// The class of a layout: its blocks have two to that power bytes. `None` for what cannot be had.
fn class_of(size: usize, align: usize) -> Option<usize> {
    if align > ALIGNMENT {
        return None;
    }
    let size = size.max(ALIGNMENT).checked_next_power_of_two()?;
    Some(size.trailing_zeros() as usize)
}

// SAFETY: blocks are as large as their class says and aligned to 16, are cut from fresh pages once, and come back to the
// list of the class that the same layout gives again.
unsafe impl<S: Source> GlobalAlloc for Heap<S> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(class) = class_of(layout.size(), layout.align()) else {
            return ptr::null_mut();
        };
        // SAFETY: a single thread, and no reference to the state outlives a call.
        let state = unsafe { &mut *self.1.get() };
        let Some(head) = state.free.get_mut(class) else {
            return ptr::null_mut();
        };
        if !head.is_null() {
            let block = *head;
            // SAFETY: `dealloc` wrote the next block's address there.
            *head = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let size = 1 << class;
        if state.left < size {
            let count = usize::div_ceil(size, PAGE);
            let Some(fresh) = self.0.pages(count) else {
                return ptr::null_mut();
            };
            // What was left is given up, unless the new pages follow it.
            if state.rest.wrapping_add(state.left) != fresh.as_ptr() {
                state.rest = fresh.as_ptr();
                state.left = 0;
            }
            state.left += count * PAGE;
        }
        let block = state.rest;
        state.rest = block.wrapping_add(size);
        state.left -= size;
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`.
        let state = unsafe { &mut *self.1.get() };
        let class = class_of(layout.size(), layout.align());
        if let Some(head) = class.and_then(|class| state.free.get_mut(class)) {
            // SAFETY: the block is not used any more, and at least 16 bytes long.
            unsafe { block.cast::<*mut u8>().write(*head) };
            *head = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if class_of(layout.size(), layout.align()) == class_of(size, layout.align()) {
            return block;
        }
        // SAFETY: the caller gives a size that makes a layout.
        let new = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !new.is_null() {
            // SAFETY: both blocks are as long as the smaller of the two, and they are not the same.
            unsafe {
                ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
        }
        new
    }
}

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: Heap<Module> = Heap::new(Module);

#[cfg(test)]
mod tests {
    use super::*;
    use std::alloc::{GlobalAlloc, System};
    use std::cell::Cell;

    /// Pages of the system, at most so many.
    struct Pages(Cell<usize>);

    impl Source for Pages {
        fn pages(&self, count: usize) -> Option<NonNull<u8>> {
            self.0.set(self.0.get().checked_sub(count)?);
            let layout = Layout::from_size_align(count * PAGE, PAGE).ok()?;
            // SAFETY: the size is not zero.
            NonNull::new(unsafe { System.alloc(layout) })
        }
    }

    fn heap(pages: usize) -> Heap<Pages> {
        Heap::new(Pages(Cell::new(pages)))
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("a layout")
    }

    /// A block of a heap, filled with a byte of its own.
    struct Block(*mut u8, usize, u8);

    impl Block {
        fn take(heap: &Heap<Pages>, size: usize, byte: u8) -> Self {
            // SAFETY: the size is not zero, and the block is written within its size.
            let start = unsafe {
                let start = heap.alloc(layout(size));
                assert!(!start.is_null());
                start.write_bytes(byte, size);
                start
            };
            assert_eq!(start as usize % ALIGNMENT, 0);
            Self(start, size, byte)
        }

        fn grow(&mut self, heap: &Heap<Pages>, size: usize) {
            // SAFETY: the block has that layout, and is written within its new size.
            unsafe {
                self.0 = heap.realloc(self.0, layout(self.1), size);
                self.check(self.1.min(size));
                self.0.write_bytes(self.2, size);
            }
            self.1 = size;
        }

        fn check(&self, size: usize) {
            for place in 0..size {
                // SAFETY: the block is that long.
                assert_eq!(unsafe { self.0.add(place).read() }, self.2);
            }
        }

        fn give(self, heap: &Heap<Pages>) {
            self.check(self.1);
            // SAFETY: the block has that layout and is not used any more.
            unsafe { heap.dealloc(self.0, layout(self.1)) };
        }
    }

    #[test]
    fn blocks_do_not_overlap_whatever_is_taken_grown_and_given_back() {
        let heap = heap(400);
        let mut blocks: Vec<Block> = Vec::new();
        let mut seed = 7_u32;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize % below
        };
        for turn in 0..20_000 {
            let byte = u8::try_from(turn % 251).expect("a byte");
            match random(3) {
                0 if !blocks.is_empty() => blocks.swap_remove(random(blocks.len())).give(&heap),
                1 if !blocks.is_empty() => {
                    let place = random(blocks.len());
                    blocks[place].grow(&heap, 1 + random(5_000));
                }
                _ if blocks.len() < 200 => {
                    blocks.push(Block::take(&heap, 1 + random(3_000), byte));
                }
                _ => {}
            }
        }
        for block in blocks {
            block.give(&heap);
        }
    }

    #[test]
    fn what_is_given_back_is_used_again() {
        let heap = heap(1);
        for _ in 0..10_000 {
            Block::take(&heap, 4_000, 1).give(&heap);
        }
    }

    #[test]
    fn a_block_grows_in_place_up_to_its_class() {
        let heap = heap(1);
        let mut block = Block::take(&heap, 33, 1);
        let before = block.0;
        block.grow(&heap, 64);
        assert_eq!(block.0, before);
        block.grow(&heap, 65);
        assert_ne!(block.0, before);
    }

    #[test]
    fn a_block_may_be_larger_than_a_page() {
        let heap = heap(4);
        let large = Block::take(&heap, 3 * PAGE, 1);
        large.give(&heap);
        Block::take(&heap, 4 * PAGE, 2).give(&heap);
    }

    #[test]
    fn what_cannot_be_had_is_refused() {
        let heap = heap(1);
        // SAFETY: the sizes are not zero.
        unsafe {
            assert!(heap.alloc(layout(2 * PAGE)).is_null());
            let odd = Layout::from_size_align(8, 2 * ALIGNMENT).expect("a layout");
            assert!(heap.alloc(odd).is_null());
            assert!(!heap.alloc(layout(PAGE)).is_null());
            assert!(heap.alloc(layout(8)).is_null());
        }
    }
}
