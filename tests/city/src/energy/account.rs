//! Supplier accounts (户号) and their bills.

use chrono::NaiveDate;

use crate::City;
use crate::energy::item::Item;
use crate::month::Month;
use crate::number::{Quantity, Yuan};
use crate::organization::Organization;
use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// An account at a supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The key in the binding list.
    pub id: String,
    /// The number the supplier prints, with leading zeros.
    pub number: String,
    /// The shorter number before the supplier renumbered it.
    pub previous_number: Option<String>,
    /// Electricity, water or gas.
    pub item: Item,
    /// The place in [`crate::City::organizations`] of who pays.
    pub organization: usize,
    /// The share of its organisation's use that it delivers, permille.
    pub(crate) share: i64,
    /// The shares of the accounts before it, permille, so that parts add up exactly.
    pub(crate) share_before: i64,
}

impl Account {
    /// The code of the supplier.
    pub const fn supplier(&self) -> &'static str {
        match self.item {
            Item::Electricity => "DL",
            Item::Water => "SW",
            _ => "RQ",
        }
    }

    /// The part of a total that this account delivers; the parts of all accounts add up to it.
    pub(crate) fn part<const SCALE: u32>(&self, total: crate::Fixed<SCALE>) -> crate::Fixed<SCALE> {
        // Parts are cut at the second digit, as suppliers bill them.
        let cut = |permille: i64| -> crate::Fixed<SCALE> {
            total
                .share(i128::from(permille), 1000)
                .rescale::<2>()
                .rescale()
        };
        cut(self.share_before + self.share) - cut(self.share_before)
    }
}

/// The bill of an account for a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// The account's place in [`crate::City::accounts`].
    pub account: usize,
    /// The month billed.
    pub month: Month,
    /// kWh or m³.
    pub quantity: Quantity,
    /// The amount.
    pub amount: Yuan,
    /// The day of issue.
    pub issued_date: NaiveDate,
    /// Whether the supplier estimated it.
    pub is_estimated: bool,
}

/// One or two electricity accounts, one for water, one for gas; nine in ten organisations pay their
/// own, the others are served by the host of a shared building.
pub(crate) fn accounts(spec: &Spec, organizations: &[Organization]) -> Vec<Account> {
    let mut accounts = Vec::new();
    for (place, organization) in organizations.iter().enumerate() {
        if organization.is_mistyped || place % 10 == 7 {
            continue;
        }
        let mut draw = Draw::new(spec.seed, Kind::Account, place as u64);
        let is_split = organization.people > 120;
        let main = if is_split {
            draw.between(600, 850)
        } else {
            1000
        };
        for (item, share, share_before) in [
            (Item::Electricity, main, 0),
            (Item::Electricity, 1000 - main, main),
            (Item::Water, 1000, 0),
            (Item::NaturalGas, 1000, 0),
        ] {
            if share == 0 {
                continue;
            }
            let serial = accounts.len() as u64;
            let digits = match item {
                Item::Electricity => 13,
                Item::Water => 8,
                _ => 10,
            };
            let number = format!("{:0digits$}", serial * 7_919 + draw.below(7_919));
            let previous_number =
                (item == Item::Electricity).then(|| format!("{:010}", 5_000_000 + serial * 13));
            accounts.push(Account {
                id: format!("ZH{:06}", serial + 1),
                number,
                previous_number,
                item,
                organization: place,
                share,
                share_before,
            });
        }
    }
    accounts
}

/// The bills behind the forms: by account, then month; what accounts bill adds up to the form.
pub(crate) fn bills(city: &City) -> Vec<Bill> {
    let mut bills = Vec::new();
    let today = city.spec.to.last_day();
    for (place, account) in city.accounts.iter().enumerate() {
        for month in city.spec.months() {
            let Some(form) = city.form(account.organization, month) else {
                continue;
            };
            let quantity = account.part(form.quantity(account.item));
            if quantity.is_zero() {
                continue;
            }
            let mut draw = Draw::new(
                city.spec.seed,
                Kind::Account,
                (1 << 40)
                    | ((place as u64) << 12)
                    | u64::from(month.since(Month::new(2000, 1)).unsigned_abs()),
            );
            bills.push(Bill {
                account: place,
                month,
                quantity,
                amount: account.part(form.cost(account.item)),
                issued_date: month.plus(1).day(draw.between(1, 9) as u32).min(today),
                is_estimated: draw.chance(25),
            });
        }
    }
    bills
}
