//! Questions that were asked together, and whoever waits for their answers.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

type Done = Box<dyn FnOnce()>;

/// The rounds that have answers to come.
#[derive(Debug, Default)]
pub(crate) struct Rounds(Vec<Round>);

/// Questions that were asked together.
struct Round {
    number: u32,
    open: usize,
    done: Option<Done>,
}

impl Rounds {
    /// Begins a round of so many questions.
    pub(crate) fn begin(&mut self, number: u32, questions: usize, done: Option<Done>) {
        self.0.push(Round {
            number,
            open: questions,
            done,
        });
    }

    /// One was answered: gives the round that is over with it, if one is.
    pub(crate) fn answered(&mut self, number: u32) -> Option<Over> {
        let place = self.place(number)?;
        let round = self.0.get_mut(place)?;
        round.open = round.open.saturating_sub(1);
        (round.open == 0).then(|| self.over(place))
    }

    /// Whoever waits for it need not any longer: the answers that are missing may come too late.
    pub(crate) fn give_up(&mut self, number: u32) -> Option<Over> {
        self.place(number).map(|place| self.over(place))
    }

    fn place(&self, number: u32) -> Option<usize> {
        self.0.iter().position(|round| round.number == number)
    }

    fn over(&mut self, place: usize) -> Over {
        Over(self.0.swap_remove(place).done)
    }
}

/// A round that is over.
#[must_use = "somebody may be waiting for it"]
pub(crate) struct Over(Option<Done>);

impl Over {
    /// Tells whoever waits for it.
    pub(crate) fn tell(self) {
        if let Some(done) = self.0 {
            done();
        }
    }
}

impl fmt::Debug for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Round").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::rc::Rc;
    use core::cell::Cell;

    fn begun(questions: usize) -> (Rounds, Rc<Cell<bool>>) {
        let told = Rc::new(Cell::new(false));
        let tell = Rc::clone(&told);
        let mut rounds = Rounds::default();
        rounds.begin(7, questions, Some(Box::new(move || tell.set(true))));
        (rounds, told)
    }

    #[test]
    fn a_round_is_over_with_its_last_answer() {
        let (mut rounds, told) = begun(2);
        assert!(rounds.answered(8).is_none());
        assert!(rounds.answered(7).is_none());
        rounds.answered(7).unwrap().tell();
        assert!(told.get());
        assert!(rounds.answered(7).is_none());
    }

    #[test]
    fn a_round_of_nothing_is_over_when_it_is_given_up() {
        let (mut rounds, told) = begun(0);
        rounds.give_up(7).unwrap().tell();
        assert!(told.get());
    }

    #[test]
    fn an_answer_that_comes_too_late_ends_nothing() {
        let (mut rounds, _) = begun(1);
        rounds.give_up(7).unwrap().tell();
        assert!(rounds.answered(7).is_none());
    }
}
