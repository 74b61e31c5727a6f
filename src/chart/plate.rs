//! What charts of usage have in common: parts that are looked at one by one, by columns and rows, rather than a line in time.

use std::cell::RefCell;
use std::rc::Rc;

use callscope_core::to_short;

use super::backend::OpList;
use super::csv::{DECIMALS, quoted};
use super::frame::Frame;
use super::ink::Ink;
use super::measure::Measure;
use super::palette::Palette;

/// A part that is looked at: a bar, or a layer of it; a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// From the left.
    pub column: usize,
    /// The layer, or the row from the top; `None` for all of a column.
    pub row: Option<usize>,
}

/// How a chart is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Device pixels to a CSS pixel.
    pub scale: f64,
    /// The theme's colours.
    pub palette: &'static Palette,
    /// The only layer to draw, if the chart has it.
    pub isolated: Option<usize>,
}

/// What a part of a legend says.
#[derive(Clone, Debug, PartialEq)]
pub struct PlateKey {
    /// Its name.
    pub name: String,
    /// What it is drawn with.
    pub ink: Ink,
    /// What it comes to, where that can be said.
    pub value: Option<f64>,
}

/// The numbers of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// What the rows are.
    pub corner: String,
    /// The names of the columns.
    pub heads: Vec<String>,
    /// What each row is called, in a file and for people, and its values; `None` is unknown.
    pub rows: Vec<(String, String, Vec<Option<f64>>)>,
}

impl Sheet {
    /// RFC 4180: a header, then a line for each row. An unknown value is an empty cell.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = quoted(&self.corner);
        for head in &self.heads {
            text.push(',');
            text.push_str(&quoted(head));
        }
        text.push_str("\r\n");
        for (name, _, values) in &self.rows {
            text.push_str(&quoted(name));
            for value in values {
                text.push(',');
                text.extend(value.map(|value| to_short(value, DECIMALS).to_string()));
            }
            text.push_str("\r\n");
        }
        text
    }
}

/// A chart of usage.
pub trait Plate: Send + Sync {
    /// Draws it over the whole of a list, and says where its plot is; `None` when there is no room for one.
    ///
    /// # Errors
    ///
    /// What went wrong, in words.
    fn draw(&self, list: &Rc<RefCell<OpList>>, look: &Look) -> Result<Option<Frame>, String>;

    /// What its values are counted in.
    fn measure(&self) -> Measure;

    /// How many columns and rows, or layers, it has.
    fn size(&self) -> (usize, usize);

    /// Whether only a cell can be looked at, and no column as a whole.
    fn is_grid(&self) -> bool;

    /// What lies at a place of the canvas, in device pixels.
    fn hit(&self, frame: &Frame, isolated: Option<usize>, at: (f64, f64)) -> Option<Spot>;

    /// Where a part is, in device pixels: left, top, right and bottom.
    fn outline(&self, frame: &Frame, spot: Spot) -> Option<[f64; 4]>;

    /// The legend, with values at a part or of all.
    fn keys(&self, at: Option<Spot>) -> Vec<PlateKey>;

    /// All numbers.
    fn sheet(&self) -> Sheet;
}

/// The part that a key leads to; `None` if the key is not one of those that lead anywhere.
pub(super) fn stepped(
    plate: &dyn Plate,
    from: Option<Spot>,
    key: &str,
    shift: bool,
) -> Option<Spot> {
    let (columns, rows) = plate.size();
    let last = columns.checked_sub(1)?;
    let far = if shift { 6 } else { 1 };
    let first_row = plate.is_grid().then_some(0);
    let Some(from) = from else {
        let column = match key {
            "ArrowRight" | "Home" | "ArrowDown" | "ArrowUp" => 0,
            "ArrowLeft" | "End" => last,
            _ => return None,
        };
        return Some(Spot {
            column,
            row: first_row,
        });
    };
    let Spot { column, row } = from;
    let column = column.min(last);
    let below = |row: Option<usize>| match row {
        None => (rows > 0).then_some(0),
        Some(row) if row + 1 < rows => Some(row + 1),
        // All of the column comes after its last part.
        Some(row) => plate.is_grid().then_some(row),
    };
    let above = |row: Option<usize>| match row {
        None => rows.checked_sub(1),
        Some(0) => first_row,
        Some(row) => Some(row - 1),
    };
    Some(match key {
        "ArrowLeft" => Spot {
            column: column.saturating_sub(far),
            row,
        },
        "ArrowRight" => Spot {
            column: (column + far).min(last),
            row,
        },
        "Home" => Spot { column: 0, row },
        "End" => Spot { column: last, row },
        "ArrowDown" => Spot {
            column,
            row: below(row),
        },
        "ArrowUp" => Spot {
            column,
            row: above(row),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Parts(bool);

    impl Plate for Parts {
        fn draw(&self, _: &Rc<RefCell<OpList>>, _: &Look) -> Result<Option<Frame>, String> {
            Ok(None)
        }

        fn measure(&self) -> Measure {
            Measure::Count
        }

        fn size(&self) -> (usize, usize) {
            (8, 2)
        }

        fn is_grid(&self) -> bool {
            self.0
        }

        fn hit(&self, _: &Frame, _: Option<usize>, _: (f64, f64)) -> Option<Spot> {
            None
        }

        fn outline(&self, _: &Frame, _: Spot) -> Option<[f64; 4]> {
            None
        }

        fn keys(&self, _: Option<Spot>) -> Vec<PlateKey> {
            Vec::new()
        }

        fn sheet(&self) -> Sheet {
            Sheet {
                corner: "time".to_owned(),
                heads: vec!["a, b".to_owned()],
                rows: vec![("x".to_owned(), "X".to_owned(), vec![Some(1.5)])],
            }
        }
    }

    fn walk(is_grid: bool, keys: &[(&str, bool)]) -> Option<(usize, Option<usize>)> {
        let mut spot = None;
        for (key, shift) in keys {
            spot = stepped(&Parts(is_grid), spot, key, *shift);
        }
        spot.map(|spot| (spot.column, spot.row))
    }

    #[test]
    fn arrows_lead_from_column_to_column_and_stop_at_the_ends() {
        let (left, right) = (("ArrowLeft", false), ("ArrowRight", false));
        assert_eq!(walk(false, &[right]), Some((0, None)));
        assert_eq!(walk(false, &[left]), Some((7, None)));
        assert_eq!(walk(false, &[right, right, left, left]), Some((0, None)));
        assert_eq!(walk(false, &[right, ("ArrowRight", true)]), Some((6, None)));
        assert_eq!(
            walk(false, &[right, ("End", false), right]),
            Some((7, None))
        );
        assert_eq!(walk(false, &[("Tab", false)]), None);
    }

    #[test]
    fn arrows_lead_through_the_layers_of_a_column_and_back_to_all_of_it() {
        let (up, down) = (("ArrowUp", false), ("ArrowDown", false));
        let start = ("Home", false);
        assert_eq!(walk(false, &[start, down]), Some((0, Some(0))));
        assert_eq!(walk(false, &[start, down, down]), Some((0, Some(1))));
        assert_eq!(walk(false, &[start, down, down, down]), Some((0, None)));
        assert_eq!(walk(false, &[start, up]), Some((0, Some(1))));
        assert_eq!(walk(true, &[start, up]), Some((0, Some(0))));
        assert_eq!(walk(true, &[start, down, down, down]), Some((0, Some(1))));
    }

    #[test]
    fn a_sheet_is_written_as_a_spreadsheet_reads_it() {
        assert_eq!(Parts(true).sheet().csv(), "time,\"a, b\"\r\nx,1.5\r\n");
    }
}
