//! The register of organisations and their headcounts.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::fault::{Planned, Spoil, duplicate, late, rule};
use crate::organization::{Beginning, End, Organization, Version};
use crate::source::layout::Column;
use crate::source::layout::{Format, GBK, Layout, number, text, text_under};
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::{City, CityError, FaultKind, identifier};

pub(crate) const HEADCOUNTS: &str = "reference.headcount";

pub(crate) const EXPORTS: [Export; 2] = [
    Export {
        job: "reference.organization",
        table: "reference.organization",
        planned: &[
            duplicate(200),
            Planned {
                kind: FaultKind::WrongIdentifier,
                one_in: 0,
                column: "基本信息_统一社会信用代码",
                cell: Spoil::OtherCheck,
                rule: rule::USCC,
            },
        ],
        // Rows that are refused as they are come last, so no other fault falls on them.
        rows: |city| {
            city.organizations
                .iter()
                .filter(|body| !body.is_mistyped)
                .map(|body| body.versions.len())
                .sum()
        },
        write: organizations,
    },
    Export {
        job: HEADCOUNTS,
        table: "reference.headcount",
        planned: &[duplicate(1_200), late(800)],
        rows: |city| city.headcounts.rows().len(),
        write: headcounts,
    },
];

/// A day as people write it: `2016年1月1日`.
pub(crate) struct ChineseDay(pub NaiveDate);

impl fmt::Display for ChineseDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}年{}月{}日",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

/// A day as spreadsheets print it: `2016/1/1`.
pub(crate) struct SlashDay(pub NaiveDate);

impl fmt::Display for SlashDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}/{}/{}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

/// `是` or `否`.
pub(crate) const fn yes(is: bool) -> &'static str {
    if is { "是" } else { "否" }
}

const REGISTER: [Column; 13] = [
    text_under("基本信息", "单位编号"),
    text_under("基本信息", "单位名称"),
    text_under("基本信息", "统一社会信用代码"),
    text_under("基本信息", "行政区划代码"),
    text_under("基本信息", "单位分类"),
    text_under("基本信息", "机构层级"),
    text_under("有效期", "起始日期"),
    text_under("有效期", "终止日期"),
    text_under("变动情况", "状态"),
    text_under("变动情况", "合并至单位编号"),
    text_under("调查范围", "能源资源消费统计"),
    text_under("调查范围", "机关运行成本统计"),
    text("备注"),
];

fn organizations(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Xlsx { sheet: "名录" },
        titles: vec![
            "荆门市公共机构名录(虚构数据)".to_owned(),
            format!("导出日期: {}", ChineseDay(city.today())),
        ],
        columns: &REGISTER,
        footer: None,
    };
    writer.open("reference/organization.xlsx", layout)?;
    let mut row = Row::default();
    for body in &city.organizations {
        for version in &body.versions {
            organization(city, body, version, row.clear());
            if body.is_mistyped {
                writer.faulty_row(&row, FaultKind::WrongIdentifier)?;
            } else {
                writer.row(&row)?;
            }
        }
    }
    Ok(())
}

fn organization(city: &City, body: &Organization, version: &Version, row: &mut Row) {
    let uscc = body.uscc.as_deref().unwrap_or("");
    row.text(&body.id).text(&version.name);
    if body.is_mistyped {
        row.push(identifier::spoil_check(uscc));
    } else {
        row.text(uscc);
    }
    row.text(city.regions[body.region].code)
        .text(body.class.code())
        .maybe(body.level.map(|level| match level {
            crate::organization::OrganLevel::City => "市级",
            crate::organization::OrganLevel::County => "县级",
            crate::organization::OrganLevel::Township => "乡级",
        }))
        .push(ChineseDay(version.from_date))
        .maybe(version.to_date.map(ChineseDay));
    match body.end.filter(|_| version.beginning == Beginning::Ended) {
        Some(End::Merged(successor)) => row.text("合并").text(&city.organizations[successor].id),
        Some(End::Dissolved) => row.text("撤销").text(""),
        None => row.text("正常").text(""),
    };
    row.text(yes(version.in_energy_survey))
        .text(yes(body.in_cost_survey))
        .text(match version.beginning {
            Beginning::Existing => "",
            Beginning::Founded => "新设",
            Beginning::Renamed => "更名",
            Beginning::LeftSurvey => "移出名录库",
            Beginning::Ended => "机构改革",
        });
}

const HEADCOUNT: [Column; 7] = [
    text("单位编号"),
    text("单位名称"),
    text("起始日期"),
    text("截止日期"),
    number("编制人数"),
    number("在编人数"),
    number("用能人数"),
];

fn headcounts(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut row = Row::default();
    // Ordered by organisation within a year; the index of a row follows this order.
    for year in city.spec.years() {
        let layout = Layout {
            format: GBK,
            titles: vec![format!("{year}年机构编制与用能人数(虚构数据)")],
            columns: &HEADCOUNT,
            footer: None,
        };
        writer.open(&format!("reference/headcount_{year}.csv"), layout)?;
        for count in city
            .headcounts
            .rows()
            .iter()
            .filter(|count| count.from.year() == year)
        {
            let body = &city.organizations[count.organization];
            row.clear()
                .text(&body.id)
                .text(&body.versions[0].name)
                .push(SlashDay(count.from.first_day()))
                .maybe(count.to.map(|to| SlashDay(to.last_day())))
                .push(count.posts)
                .push(count.staff)
                .push(count.people);
            writer.row(&row)?;
        }
    }
    Ok(())
}
