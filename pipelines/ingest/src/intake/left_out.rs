//! Which rows of a file the select offered something of.
//!
//! One bit for each row of each section: a select may give none, one or several rows for one of the
//! file's, in any order.

use arrow::array::BooleanBufferBuilder;

use crate::place::Origins;

/// The rows of a file that were offered.
#[derive(Default)]
pub(super) struct Offers {
    /// The first section noted; those of a file follow each other.
    first_section: Option<u32>,
    sections: Vec<BooleanBufferBuilder>,
    /// The last origin looked up.
    last: Option<(u32, usize)>,
    distinct: u64,
}

impl Offers {
    /// Notes offered rows by origin and row of the file.
    pub(super) fn note(&mut self, origins: &[u32], rows: &[i64], known: &Origins) {
        for (origin, row) in origins.iter().zip(rows) {
            let section = match self.last {
                Some((last, section)) if last == *origin => section,
                _ => self.section(*origin, known),
            };
            let Ok(row) = usize::try_from(*row) else {
                continue;
            };
            let bits = &mut self.sections[section];
            if row >= bits.len() {
                // Doubling keeps a file of rows in order at constant cost each.
                bits.append_n((row + 1).max(2 * bits.len()) - bits.len(), false);
            }
            if !bits.get_bit(row) {
                bits.set_bit(row, true);
                self.distinct += 1;
            }
        }
    }

    /// How many different rows of the file were offered.
    pub(super) fn distinct(&self) -> u64 {
        self.distinct
    }

    fn section(&mut self, origin: u32, known: &Origins) -> usize {
        let section = known.get(origin).section;
        // Batches may come out of order, so a later section may be noted first.
        let first = *self.first_section.get_or_insert(section);
        if section < first {
            let missing = (first - section) as usize;
            self.sections
                .splice(0..0, (0..missing).map(|_| BooleanBufferBuilder::new(0)));
            self.first_section = Some(section);
        }
        let index = (section - self.first_section.unwrap_or(section)) as usize;
        if index >= self.sections.len() {
            self.sections
                .resize_with(index + 1, || BooleanBufferBuilder::new(0));
        }
        self.last = Some((origin, index));
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Origin;

    #[test]
    fn a_row_offered_several_times_counts_once_and_sheets_are_told_apart() {
        let known = Origins::default();
        let file = known.add_file("a.xlsx", "");
        for sheet in ["1", "2"] {
            let section = known.add_section();
            known.number(Origin {
                file,
                section,
                sheet: Some(sheet.into()),
                cell: None,
            });
        }
        let mut offers = Offers::default();
        offers.note(&[1, 1, 1], &[5, 5, 900], &known);
        offers.note(&[0, 1, 0], &[5, 5, 6], &known);
        assert_eq!(offers.distinct(), 4);
    }
}
