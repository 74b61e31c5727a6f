//! Rows of a packed report, read and written.

use alloc::vec::Vec;

use super::columns::LENGTHS;
use crate::{Atom, Kind, Timestamp};

/// One row: a tag and its columns.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a>(&'a [f64]);

impl<'a> Row<'a> {
    /// The tag of its table.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only whole tags become rows"
    )]
    pub fn tag(self) -> usize {
        self.0.first().map_or(usize::MAX, |&tag| tag as usize)
    }

    /// A column as it stands: NaN where the member was absent.
    #[must_use]
    #[inline(never)]
    pub fn raw(self, column: usize) -> f64 {
        self.0.get(column).copied().unwrap_or(f64::NAN)
    }

    /// A column that is a finite number.
    #[must_use]
    pub fn number(self, column: usize) -> Option<f64> {
        let value = self.raw(column);
        value.is_finite().then_some(value)
    }

    /// A column, NaN unless it is a finite number.
    #[inline(never)]
    pub(crate) fn known(self, column: usize) -> f64 {
        self.number(column).unwrap_or(f64::NAN)
    }

    /// An interned string.
    #[must_use]
    #[inline(never)]
    pub fn atom(self, column: usize) -> Option<Atom> {
        Atom::unpack(self.raw(column))
    }

    /// A media kind.
    #[must_use]
    pub fn kind(self, column: usize) -> Option<Kind> {
        Kind::unpack(self.raw(column))
    }

    /// A moment.
    #[must_use]
    #[inline(never)]
    pub fn timestamp(self, column: usize) -> Option<Timestamp> {
        Timestamp::new(self.raw(column))
    }

    /// The columns from this one on: a block of counters, which are a table's last columns.
    #[inline(never)]
    pub(crate) fn from(self, column: usize) -> &'a [f64] {
        self.0.get(column..).unwrap_or(&[])
    }
}

/// The rows of a packed report. What is no row ends the walk and is told by [`Rows::remains`].
#[derive(Clone, Debug)]
pub struct Rows<'a>(&'a [f64]);

impl<'a> Rows<'a> {
    /// The rows of that report.
    #[must_use]
    pub const fn new(report: &'a [f64]) -> Self {
        Self(report)
    }

    /// The first row of that table whose column holds that number.
    pub(crate) fn find_in(&self, tag: usize, column: usize, number: f64) -> Option<Row<'a>> {
        self.clone()
            .find(|row| row.tag() == tag && row.raw(column) == number)
    }

    /// Whether numbers are left that are no row.
    #[must_use]
    pub const fn remains(&self) -> bool {
        !self.0.is_empty()
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "anything but a tag finds no table"
    )]
    fn next(&mut self) -> Option<Row<'a>> {
        let tag = *self.0.first()?;
        let length = *LENGTHS.get(if tag >= 0.0 { tag as usize } else { usize::MAX })?;
        let (row, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Row(row))
    }
}

/// Writes one row: every column unknown until it is set.
#[derive(Debug)]
pub struct RowWriter<'a> {
    rows: &'a mut Vec<f64>,
    start: usize,
}

impl<'a> RowWriter<'a> {
    /// Starts a row of that table behind what is there. An unknown tag writes a row of no columns.
    #[expect(clippy::cast_precision_loss, reason = "tags are small")]
    pub fn new(rows: &'a mut Vec<f64>, tag: usize) -> Self {
        let start = rows.len();
        rows.push(tag as f64);
        let length = LENGTHS.get(tag).copied().unwrap_or(1);
        rows.resize(start + length, f64::NAN);
        Self { rows, start }
    }

    /// Sets a column.
    pub fn set(&mut self, column: usize, value: f64) -> &mut Self {
        if let Some(cell) = self.rows.get_mut(self.start + column) {
            *cell = value;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::{codec, transport};
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_rest_is_unknown() {
        let mut report = Vec::new();
        RowWriter::new(&mut report, codec::TAG).set(codec::ID, 3.0);
        RowWriter::new(&mut report, transport::TAG).set(transport::TIMESTAMP, 5.0);
        let mut rows = Rows::new(&report);
        let first = rows.next().unwrap();
        assert_eq!(
            (first.tag(), first.atom(codec::ID)),
            (codec::TAG, Some(Atom::new(3)))
        );
        assert_eq!(first.atom(codec::MIME_TYPE), None);
        assert_eq!(
            rows.next().unwrap().timestamp(transport::TIMESTAMP),
            Timestamp::new(5.0)
        );
        assert!(rows.next().is_none() && !rows.remains());
    }

    #[test]
    fn what_is_no_row_ends_the_walk() {
        for report in [
            &[99.0][..],
            &[f64::NAN],
            &[-1.0],
            &[0.0, 1.0],
            &[f64::INFINITY],
        ] {
            let mut rows = Rows::new(report);
            assert!(rows.next().is_none());
            assert!(rows.remains());
        }
    }
}
