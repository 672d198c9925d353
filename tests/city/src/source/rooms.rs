//! Rooms and who sits in them.

use crate::fault::{blank, duplicate, late, negative, no_such_day, too_many};
use crate::number::{Fixed, Trimmed};
use crate::source::layout::{Column, Compression, Format, GBK, Layout, number, text};
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::{City, CityError};

pub(crate) const ROOMS: &str = "office.room";
pub(crate) const OCCUPANCIES: &str = "office.occupancy";

pub(crate) const EXPORTS: [Export; 2] = [
    Export {
        job: ROOMS,
        table: "office.room",
        planned: &[
            duplicate(1_000),
            late(1_500),
            blank(2_000, "房间编号"),
            negative(3_000, "使用面积"),
            too_many(2_400),
        ],
        rows: |city| city.rooms.len(),
        write: rooms,
    },
    Export {
        job: OCCUPANCIES,
        table: "office.occupancy",
        planned: &[
            duplicate(1_500),
            blank(4_000, "orgId"),
            no_such_day(3_500, "from", "2019-02-30"),
        ],
        rows: |city| city.occupancies.len(),
        write: occupancies,
    },
];

const ROOM: [Column; 9] = [
    text("房间编号"),
    text("建筑物编号"),
    number("楼层"),
    text("房间号"),
    text("使用单位编号"),
    number("使用面积"),
    text("用房类别"),
    text("房间性质"),
    text("使用状态"),
];

fn rooms(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let total: Fixed<2> = city.rooms.iter().map(|room| room.usable_m2).sum();
    let mut footer = Row::default();
    for cell in ["合计", "", "", "", ""] {
        footer.text(cell);
    }
    footer.push(total).text("").text("").text("");
    let layout = Layout {
        format: GBK,
        titles: vec![
            "党政机关办公用房房间台账(虚构数据)".to_owned(),
            "面积单位: 平方米".to_owned(),
        ],
        columns: &ROOM,
        footer: Some(footer),
    };
    writer.open("office/room_all.csv", layout)?;
    let mut row = Row::default();
    for room in &city.rooms {
        let building = &city.buildings[room.building];
        row.clear()
            .text(&room.id)
            .text(&building.id)
            .push(room.floor)
            .text(&room.number)
            .text(&city.organizations[building.organization].id)
            .push(Trimmed(room.usable_m2))
            .text(room.function.name_zh())
            .text(room.sub_function)
            .text(room.status.name_zh());
        writer.row(&row)?;
    }
    Ok(())
}

const OCCUPANCY: [Column; 8] = [
    text("roomId"),
    text("staffNo"),
    text("orgId"),
    text("organLevel"),
    text("rank"),
    text("staffType"),
    text("from"),
    text("to"),
];

fn occupancies(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Ndjson {
        compression: Compression::Gzip,
    };
    writer.open(
        "office/occupancy.ndjson.gz",
        Layout::plain(format, &OCCUPANCY),
    )?;
    let mut row = Row::default();
    for seat in &city.occupancies {
        let building = &city.buildings[city.rooms[seat.room].building];
        row.clear()
            .text(&city.rooms[seat.room].id)
            .push(format_args!("P{:06}", seat.person))
            .text(&city.organizations[building.organization].id)
            .text(seat.level.id())
            .text(seat.rank.id)
            .text(seat.staff_kind)
            .push(seat.from_date)
            .maybe(seat.to_date);
        writer.row(&row)?;
    }
    Ok(())
}
