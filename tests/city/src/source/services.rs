//! Logistics services and the plan's tasks.

use crate::fault::{duplicate, late, negative, unknown};
use crate::number::Trimmed;
use crate::source::layout::{
    Column, Compression, Encoding, Format, Layout, number, text, text_under, under,
};
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::{City, CityError};

pub(crate) const EXPORTS: [Export; 4] = [
    Export {
        job: "service.evaluation",
        table: "service.evaluation",
        planned: &[duplicate(3_000), late(2_000)],
        rows: |city| city.evaluations.len(),
        write: evaluations,
    },
    Export {
        job: "service.meeting",
        table: "service.meeting",
        planned: &[duplicate(4_000), unknown(6_000, "会议类别", "茶话会")],
        rows: |city| city.meetings.len(),
        write: meetings,
    },
    Export {
        job: "service.canteen",
        table: "service.canteen",
        planned: &[duplicate(700), negative(900, "收支(元)_餐费收入")],
        rows: |city| city.canteens.len(),
        write: canteens,
    },
    Export {
        job: "plan.task",
        table: "plan.task",
        planned: &[],
        rows: |city| city.tasks.len(),
        write: tasks,
    },
];

const EVALUATION: [Column; 7] = [
    text("orgId"),
    text("service"),
    text("month"),
    number("score"),
    number("respondents"),
    number("complaints"),
    number("resolved"),
];

fn evaluations(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Ndjson {
        compression: Compression::None,
    };
    let mut row = Row::default();
    let mut open = 0;
    for evaluation in &city.evaluations {
        if evaluation.month.year() != open {
            open = evaluation.month.year();
            writer.open(
                &format!("service/evaluation_{open}.ndjson"),
                Layout::plain(format, &EVALUATION),
            )?;
        }
        row.clear()
            .text(&city.organizations[evaluation.organization].id)
            .text(evaluation.service)
            .push(evaluation.month)
            .push(evaluation.score)
            .push(evaluation.respondents)
            .push(evaluation.complaints)
            .push(evaluation.resolved);
        writer.row(&row)?;
    }
    Ok(())
}

const MEETING: [Column; 8] = [
    text("会议编号"),
    text("承办单位编号"),
    text("会议类别"),
    text("开始时间"),
    text("结束时间"),
    number("人数"),
    number("费用(元)"),
    text("形式"),
];

fn meetings(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Csv {
        encoding: Encoding::Utf8Mark,
        delimiter: b',',
        line_end: "\n",
        compression: Compression::None,
    };
    writer.open("service/meeting.csv", Layout::plain(format, &MEETING))?;
    let mut row = Row::default();
    for meeting in &city.meetings {
        row.clear()
            .text(&meeting.id)
            .text(&city.organizations[meeting.organization].id)
            .text(meeting.class)
            .push(meeting.started_at.format("%Y/%m/%d %H:%M"))
            .push(meeting.ended_at.format("%Y/%m/%d %H:%M"))
            .push(meeting.people)
            .push(Trimmed(meeting.cost))
            .text(if meeting.is_online {
                "视频"
            } else {
                "现场"
            });
        writer.row(&row)?;
    }
    Ok(())
}

const CANTEEN: [Column; 8] = [
    text_under("食堂", "编号"),
    text_under("食堂", "单位编号"),
    text("月份"),
    number("就餐人次"),
    under("收支(元)", "食材成本"),
    under("收支(元)", "人工成本"),
    under("收支(元)", "餐费收入"),
    number("餐厨垃圾(千克)"),
];

fn canteens(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut row = Row::default();
    let mut open = 0;
    for canteen in &city.canteens {
        let month = canteen.month;
        if month.year() != open {
            open = month.year();
            let layout = Layout {
                format: Format::Xlsx { sheet: "食堂" },
                titles: vec![format!("{open}年机关食堂运行月报(虚构数据)")],
                columns: &CANTEEN,
                footer: None,
            };
            writer.open(&format!("service/canteen_{open}.xlsx"), layout)?;
        }
        let body = &city.organizations[canteen.organization];
        row.clear()
            .push(format_args!("ST{}", &body.id[2..]))
            .text(&body.id)
            .push(format_args!("{}年{}月", month.year(), month.month()))
            .push(canteen.meals)
            .push(Trimmed(canteen.food))
            .push(Trimmed(canteen.labour))
            .push(Trimmed(canteen.income))
            .push(Trimmed(canteen.waste_kg));
        writer.row(&row)?;
    }
    Ok(())
}

const TASK: [Column; 13] = [
    text("任务编号"),
    text("上级任务"),
    text("任务名称"),
    text("行政区划代码"),
    text("责任单位编号"),
    text("计量单位"),
    number("目标值"),
    number("完成值"),
    number("进度(%)"),
    text("状态"),
    text("开始日期"),
    text("截止日期"),
    text("完成日期"),
];

fn tasks(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Xlsx { sheet: "任务" },
        titles: vec!["荆门市机关事务工作“十四五”规划任务分解表(虚构数据)".to_owned()],
        columns: &TASK,
        footer: None,
    };
    writer.open("plan/task.xlsx", layout)?;
    let mut row = Row::default();
    for task in &city.tasks {
        row.clear()
            .text(&task.id)
            .text(task.parent.as_deref().unwrap_or(""))
            .text(&task.title)
            .text(city.regions[task.region].code)
            .text(&city.organizations[task.organization].id)
            .text(task.unit)
            .push(task.target)
            .push(task.current)
            .push(task.current * 100 / task.target)
            .text(task.status)
            .push(task.start_date)
            .push(task.due_date)
            .maybe(task.finished_date);
        writer.row(&row)?;
    }
    Ok(())
}
