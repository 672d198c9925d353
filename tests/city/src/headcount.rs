//! 编制, 在编, 用能人数 and 建筑面积 of each organisation, dated.
//!
//! Numbers change on 1 January, and on the day another organisation is merged in. Within one row
//! nothing changes, so a month has exactly one row.

use std::collections::BTreeMap;

use crate::month::Month;
use crate::number::Fixed;
use crate::organization::{End, Organization};
use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// The size of an organisation from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headcount {
    /// Its place in [`crate::City::organizations`].
    pub organization: usize,
    /// The first month it holds for.
    pub from: Month,
    /// The last month, if another row or the end of the organisation follows.
    pub to: Option<Month>,
    /// 编制人数.
    pub posts: i64,
    /// 在编人数.
    pub staff: i64,
    /// 用能人数.
    pub people: i64,
    /// 建筑面积, m².
    pub floor_m2: Fixed<2>,
    /// 用能人数 in 2020 of the same body, which energy use follows.
    pub(crate) base_people: i64,
}

/// All rows, by organisation and time, with the way to find one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headcounts {
    rows: Vec<Headcount>,
    /// For each organisation, where its rows lie.
    spans: Vec<(usize, usize)>,
}

impl Headcounts {
    /// All rows, ordered by organisation and first month.
    pub fn rows(&self) -> &[Headcount] {
        &self.rows
    }

    /// The row of an organisation that holds in a month.
    pub fn at(&self, organization: usize, month: Month) -> Option<&Headcount> {
        let (start, end) = *self.spans.get(organization)?;
        self.rows[start..end]
            .iter()
            .find(|row| row.from <= month && row.to.is_none_or(|to| month <= to))
    }
}

/// People grow 9 ‰ a year; floor area grows where something is built.
pub(crate) fn headcounts(spec: &Spec, organizations: &[Organization]) -> Headcounts {
    // Who was merged into whom, and from which month on the successor counts them.
    let mut merged_in: BTreeMap<usize, Vec<(Month, usize)>> = BTreeMap::new();
    for (place, organization) in organizations.iter().enumerate() {
        if let (Some(End::Merged(successor)), Some(last)) = (organization.end, organization.last) {
            merged_in
                .entry(successor)
                .or_default()
                .push((last.plus(1), place));
        }
    }
    let growths: Vec<Growth> = organizations
        .iter()
        .enumerate()
        .map(|(place, organization)| Growth::new(spec, organization, place))
        .collect();

    let mut rows = Vec::new();
    let mut spans = Vec::with_capacity(organizations.len());
    for (place, organization) in organizations.iter().enumerate() {
        let start = rows.len();
        let last = organization.last.unwrap_or(spec.to);
        let joiners = merged_in.get(&place).map_or(&[][..], Vec::as_slice);
        if !organization.is_mistyped {
            let begins = organization.first.through(last).filter(|month| {
                *month == organization.first
                    || month.month() == 1
                    || joiners.iter().any(|(joined, _)| joined == month)
            });
            for from in begins {
                rows.push(row(organizations, &growths, place, joiners, from));
            }
            close(&mut rows[start..], organization.last);
        }
        spans.push((start, rows.len()));
    }
    Headcounts { rows, spans }
}

fn close(rows: &mut [Headcount], last: Option<Month>) {
    for next in 1..rows.len() {
        rows[next - 1].to = Some(rows[next].from.plus(-1));
    }
    if let Some(row) = rows.last_mut() {
        row.to = last;
    }
}

fn row(
    organizations: &[Organization],
    growths: &[Growth],
    place: usize,
    joiners: &[(Month, usize)],
    from: Month,
) -> Headcount {
    let mut sum = Headcount {
        organization: place,
        from,
        to: None,
        posts: 0,
        staff: 0,
        people: 0,
        floor_m2: Fixed::ZERO,
        base_people: 0,
    };
    let joined = joiners
        .iter()
        .filter(|(month, _)| *month <= from)
        .map(|(_, joiner)| *joiner);
    for member in std::iter::once(place).chain(joined) {
        let body = &organizations[member];
        let growth = &growths[member];
        let year = (from.year() - growth.from).max(0) as usize;
        sum.posts += body.posts;
        sum.staff += body.staff;
        sum.people += body.people * growth.people[year] / 1000;
        sum.floor_m2 += body.floor_m2.share(i128::from(growth.area[year]), 1000);
        sum.base_people += body.people;
    }
    sum
}

/// Permille of 2020, by year.
struct Growth {
    from: i32,
    people: Vec<i64>,
    area: Vec<i64>,
}

impl Growth {
    fn new(spec: &Spec, organization: &Organization, place: usize) -> Self {
        let mut draw = Draw::new(spec.seed, Kind::Headcount, place as u64);
        let (mut people, mut area) = (Vec::new(), Vec::new());
        let mut built = 1000;
        for year in spec.years() {
            let since = i64::from(year - 2020).max(0);
            // Small bodies move by whole persons; a little noise, none in the base year.
            let noise = if since == 0 || organization.people < 40 {
                0
            } else {
                draw.between(-4, 4)
            };
            people.push(1000 + 9 * since + noise);
            if since > 0 && draw.chance(30) {
                built += 40;
            }
            area.push(built);
        }
        Self {
            from: *spec.years().start(),
            people,
            area,
        }
    }
}
