//! Office space by building, from accepted buildings, rooms and occupancies.

use std::collections::BTreeMap;

use super::OfficeSpace;
use crate::City;
use crate::number::Fixed;
use crate::office::{Function, Registration, RoomStatus};

pub(super) fn office_space(city: &City) -> Vec<OfficeSpace> {
    let seats: Vec<_> = (0..city.occupancies.len())
        .filter(|place| city.is_occupancy_accepted(*place))
        .map(|place| &city.occupancies[place])
        .collect();
    // The day judged is the newest on which an occupancy begins.
    let today = seats.iter().map(|seat| seat.from_date).max();
    // Who sits in each room on that day: people, and the sum of their limits if each has one.
    let mut seated: BTreeMap<usize, (u32, Option<i64>)> = BTreeMap::new();
    for seat in seats {
        let is_current = today.is_some_and(|today| {
            seat.from_date <= today && seat.to_date.is_none_or(|to| today <= to)
        });
        if is_current && city.is_room_accepted(seat.room) {
            let (people, limit) = seated.entry(seat.room).or_insert((0, Some(0)));
            *people += 1;
            *limit = limit.zip(seat.rank.limit_m2).map(|(sum, more)| sum + more);
        }
    }
    let mut rows: Vec<Option<OfficeSpace>> = city
        .buildings
        .iter()
        .enumerate()
        .map(|(place, building)| {
            let body = &city.organizations[building.organization];
            city.is_building_accepted(place).then(|| OfficeSpace {
                building_id: building.id.clone(),
                organization_id: body.id.clone(),
                region_code: city.regions[body.region].code,
                floor_m2: building.floor_m2,
                usable_m2: building.usable_m2,
                room_count: 0,
                vacant_m2: Fixed::ZERO,
                let_m2: Fixed::ZERO,
                lent_m2: Fixed::ZERO,
                occupant_count: 0,
                over_standard_rooms: 0,
                over_standard_m2: Fixed::ZERO,
                unjudged_rooms: 0,
                is_registrable: !building.is_rented,
                is_registered: matches!(
                    building.registration,
                    Registration::Own | Registration::Other
                ),
            })
        })
        .collect();
    for (place, room) in city.rooms.iter().enumerate() {
        if !city.is_room_accepted(place) {
            continue;
        }
        let Some(row) = rows[room.building].as_mut() else {
            continue;
        };
        row.room_count += 1;
        match room.status {
            RoomStatus::Vacant => row.vacant_m2 += room.usable_m2,
            RoomStatus::Let => row.let_m2 += room.usable_m2,
            RoomStatus::Lent => row.lent_m2 += room.usable_m2,
            RoomStatus::InUse | RoomStatus::Repair => {}
        }
        let Some((people, limit)) = seated.get(&place) else {
            continue;
        };
        row.occupant_count += people;
        if room.function != Function::Office {
            continue;
        }
        match limit {
            None => row.unjudged_rooms += 1,
            Some(limit) => {
                let excess = room.usable_m2 - Fixed::whole(*limit);
                if excess > Fixed::ZERO {
                    row.over_standard_rooms += 1;
                    row.over_standard_m2 += excess;
                }
            }
        }
    }
    rows.into_iter().flatten().collect()
}
