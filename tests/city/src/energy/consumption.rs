//! Base form 2: what each organisation used in each month, and what it paid.

use crate::City;
use crate::energy::item::Item;
use crate::energy::weather::summer_departure;
use crate::month::Month;
use crate::number::{Fixed, Quantity, Yuan};
use crate::organization::Organization;
use crate::random::{Draw, Kind};
use crate::vehicle::Fuel;

/// One organisation's form of one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its place in [`City::organizations`].
    pub organization: usize,
    /// The month reported.
    pub month: Month,
    /// The quantity of each [`Item`].
    pub quantities: [Quantity; 11],
    /// The cost of each [`Item`].
    pub costs: [Yuan; 11],
    /// 用能人数.
    pub people: i64,
    /// 编制人数.
    pub posts: i64,
    /// 建筑面积, m².
    pub floor_m2: Fixed<2>,
    /// Petrol, diesel and new-energy vehicles at the end of the month.
    pub vehicles: [i64; 3],
}

impl Form {
    /// The quantity of an item.
    pub fn quantity(&self, item: Item) -> Quantity {
        self.quantities[item as usize]
    }

    /// The cost of an item.
    pub fn cost(&self, item: Item) -> Yuan {
        self.costs[item as usize]
    }
}

/// Which items an organisation uses, and how its use of each departs from its class.
struct Habit {
    permille: [i64; 11],
}

impl Habit {
    fn new(seed: u64, organization: &Organization, place: usize) -> Self {
        let mut draw = Draw::new(seed, Kind::Energy, (1 << 32) | place as u64);
        let permille = Item::ALL.map(|item| {
            let uses = draw.chance(item.users_permille());
            let deviation = draw.around(180);
            if uses {
                organization.thrift * deviation / 1000
            } else {
                0
            }
        });
        Self { permille }
    }
}

/// Makes the forms of all organisations, by month and then organisation.
///
/// Vehicle fuel is the sum of what was bought for the organisation's vehicles, to the last digit.
pub(crate) fn forms(city: &City) -> Vec<Form> {
    let habits: Vec<Habit> = city
        .organizations
        .iter()
        .enumerate()
        .map(|(place, organization)| Habit::new(city.spec.seed, organization, place))
        .collect();
    let mut forms = Vec::new();
    for month in city.spec.months() {
        let bought = city.fuel_bought(month);
        let stock = city.vehicle_stock(month);
        for (place, organization) in city.organizations.iter().enumerate() {
            if !organization.is_surveyed(month) {
                continue;
            }
            let Some(size) = city.headcounts.at(place, month) else {
                continue;
            };
            let mut draw = Draw::new(
                city.spec.seed,
                Kind::Energy,
                ((place as u64) << 12) | u64::from(month.since(Month::new(2000, 1)).unsigned_abs()),
            );
            let mut form = Form {
                organization: place,
                month,
                quantities: [Fixed::ZERO; 11],
                costs: [Fixed::ZERO; 11],
                people: size.people,
                posts: size.posts,
                floor_m2: size.floor_m2,
                vehicles: stock[place],
            };
            for item in Item::ALL {
                let noise = draw.around(60);
                let quantity = used(
                    organization,
                    item,
                    month,
                    size.base_people,
                    &habits[place],
                    noise,
                );
                form.quantities[item as usize] = quantity;
                form.costs[item as usize] = quantity.times(item.price_yuan(month));
            }
            for (item, fuel) in [
                (Item::PetrolVehicle, Fuel::Petrol),
                (Item::DieselVehicle, Fuel::Diesel),
            ] {
                let (litres, yuan) = bought[place][fuel as usize];
                form.quantities[item as usize] = litres.rescale();
                form.costs[item as usize] = yuan;
            }
            forms.push(form);
        }
    }
    forms
}

fn used(
    organization: &Organization,
    item: Item,
    month: Month,
    base_people: i64,
    habit: &Habit,
    noise: i64,
) -> Quantity {
    let per_person = i128::from(item.per_person(organization.class));
    let habit = i128::from(habit.permille[item as usize]);
    if per_person == 0 || habit == 0 {
        return Fixed::ZERO;
    }
    // Cooling answers to a hot summer: 1.5 % for each degree.
    let weather = match item {
        Item::Electricity => 1000 + summer_departure(month.year(), month.index()) * 3 / 2,
        _ => 1000,
    };
    let mut hundredths = per_person * i128::from(base_people) / 10;
    for permille in [
        item.season(organization.class, month),
        item.trend(month.year()),
        weather,
        noise,
    ] {
        hundredths = hundredths * i128::from(permille) / 1000;
    }
    let month_hundredths = hundredths * habit / 1000 / 12;
    Fixed::<2>::new(month_hundredths).rescale()
}
