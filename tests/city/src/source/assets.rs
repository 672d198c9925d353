//! The asset system: cards, stocktakes, assets let.

use chrono::Datelike;

use crate::fault::{blank, duplicate};
use crate::number::Trimmed;
use crate::source::layout::{Column, Compression, Format, GBK, Layout, number, text, truth};
use crate::source::people::{SlashDay, yes};
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::{City, CityError};

pub(crate) const EXPORTS: [Export; 3] = [
    Export {
        job: "asset.card",
        table: "asset.card",
        planned: &[duplicate(1_500), blank(3_000, "原值(元)")],
        rows: |city| city.cards.len(),
        write: cards,
    },
    Export {
        job: "asset.stocktake",
        table: "asset.stocktake",
        planned: &[duplicate(2_500)],
        rows: |city| city.stocktakes.len(),
        write: stocktakes,
    },
    Export {
        job: "asset.lease",
        table: "asset.lease",
        planned: &[],
        rows: |city| city.asset_leases.len(),
        write: leases,
    },
];

const CARD: [Column; 14] = [
    text("卡片编号"),
    text("单位编号"),
    text("资产分类"),
    text("资产名称"),
    text("取得方式"),
    text("使用状态"),
    number("数量"),
    number("使用年限(月)"),
    number("原值(元)"),
    number("累计折旧(元)"),
    number("净值(元)"),
    text("是否贴标"),
    text("取得日期"),
    text("备注"),
];

fn cards(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: GBK,
        titles: vec!["固定资产卡片(虚构数据)".to_owned()],
        columns: &CARD,
        footer: None,
    };
    writer.open("asset/card.csv", layout)?;
    let mut row = Row::default();
    for card in &city.cards {
        let (class, name, life) = card.kind();
        row.clear()
            .text(&card.id)
            .text(&city.organizations[card.organization].id)
            .text(class)
            .text(name)
            .text(card.way)
            .text(card.status)
            .push(card.pieces)
            .push(life)
            .push(Trimmed(card.original))
            .push(Trimmed(card.depreciation))
            .push(Trimmed(card.net()))
            .text(yes(card.is_labelled))
            .push(SlashDay(card.acquired_date))
            .text("");
        writer.row(&row)?;
    }
    Ok(())
}

const STOCKTAKE: [Column; 6] = [
    text("batch"),
    text("cardNo"),
    text("orgId"),
    text("date"),
    text("outcome"),
    truth("labelled"),
];

fn stocktakes(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Ndjson {
        compression: Compression::Zstd,
    };
    let mut row = Row::default();
    let mut open = 0;
    for count in &city.stocktakes {
        if count.year != open {
            open = count.year;
            writer.open(
                &format!("asset/stocktake_{open}.ndjson.zst"),
                Layout::plain(format, &STOCKTAKE),
            )?;
        }
        let card = &city.cards[count.card];
        row.clear()
            .push(format_args!("PD{}", count.year))
            .text(&card.id)
            .text(&city.organizations[card.organization].id)
            .push(format_args!(
                "{}{:02}{:02}",
                count.date.year(),
                count.date.month(),
                count.date.day()
            ))
            .text(count.outcome)
            .push(count.is_labelled);
        writer.row(&row)?;
    }
    Ok(())
}

const LEASE: [Column; 8] = [
    text("contractNo"),
    text("cardNo"),
    text("orgId"),
    text("direction"),
    text("from"),
    text("to"),
    number("rentPerMonth"),
    number("paidToTreasury"),
];

fn leases(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Json,
        titles: vec!["虚构数据".to_owned()],
        columns: &LEASE,
        footer: None,
    };
    writer.open("asset/lease.json", layout)?;
    let mut row = Row::default();
    for lease in &city.asset_leases {
        let card = &city.cards[lease.card];
        row.clear()
            .text(&lease.id)
            .text(&card.id)
            .text(&city.organizations[card.organization].id)
            .text(lease.direction)
            .push(lease.from_date)
            .push(lease.to_date)
            .push(lease.rent)
            .push(lease.paid);
        writer.row(&row)?;
    }
    Ok(())
}
