//! Waits until a round of questions is answered.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Questions that were asked together, and whoever waits for the answers.
#[derive(Debug)]
pub(crate) struct Round {
    open: Cell<usize>,
    waiting: RefCell<Option<Waker>>,
}

impl Round {
    /// A round of so many questions.
    pub(crate) fn of(questions: usize) -> Rc<Self> {
        Rc::new(Self {
            open: Cell::new(questions),
            waiting: RefCell::new(None),
        })
    }

    /// One was answered; tells whether it was the last.
    pub(crate) fn answered(&self) -> bool {
        let open = self.open.get();
        self.open.set(open.saturating_sub(1));
        if open == 1 {
            self.wake();
        }
        open == 1
    }

    /// Whoever waits for it need not any longer: the answers that are missing may come too late.
    pub(crate) fn give_up(&self) {
        self.open.set(0);
        self.wake();
    }

    /// Whether no answer is missing, or none is waited for.
    pub(crate) fn is_over(&self) -> bool {
        self.open.get() == 0
    }

    fn wake(&self) {
        // Not inside of the borrow: whoever is woken may come back.
        let waiting = self.waiting.take();
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}

/// Is ready when the round is over.
#[derive(Debug)]
pub(crate) struct Answers(pub(crate) Rc<Round>);

impl Future for Answers {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0.is_over() {
            return Poll::Ready(());
        }
        self.0.waiting.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(round: &Rc<Round>) -> Poll<()> {
        let mut answers = Answers(Rc::clone(round));
        Pin::new(&mut answers).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_round_is_over_with_its_last_answer() {
        let round = Round::of(2);
        assert!(!round.answered());
        assert_eq!(poll(&round), Poll::Pending);
        assert!(round.answered());
        assert_eq!(poll(&round), Poll::Ready(()));
    }

    #[test]
    fn a_round_of_nothing_is_over() {
        assert_eq!(poll(&Round::of(0)), Poll::Ready(()));
    }

    #[test]
    fn an_answer_that_comes_too_late_ends_nothing() {
        let round = Round::of(1);
        round.give_up();
        assert_eq!(poll(&round), Poll::Ready(()));
        assert!(!round.answered());
    }
}
