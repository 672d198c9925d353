//! The plan's tasks: who does what by when, and how far it is.

use chrono::NaiveDate;

use crate::City;
use crate::month::Month;
use crate::organization::Class;
use crate::random::{Draw, Kind};

/// 任务.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub id: String,
    /// The task above it.
    pub parent: Option<String>,
    /// What is to be done.
    pub title: String,
    /// The region's place in [`City::regions`].
    pub region: usize,
    /// The place in [`City::organizations`] of who does it.
    pub organization: usize,
    /// The unit of its target.
    pub unit: &'static str,
    /// The value to reach.
    pub target: i64,
    /// The value reached.
    pub current: i64,
    /// Its state, in the words of the list.
    pub status: &'static str,
    /// The first day.
    pub start_date: NaiveDate,
    /// The day it is due.
    pub due_date: NaiveDate,
    /// The day it was done.
    pub finished_date: Option<NaiveDate>,
}

/// Title, unit, the year it is due, and the target of one region.
const TASKS: [(&str, &str, i32, i64); 12] = [
    ("县级以上党政机关建成节约型机关", "家", 2025, 40),
    ("集中办公区照明系统全部更换为高效光源", "处", 2025, 6),
    ("集中办公区建设充电设施", "个", 2025, 24),
    ("开展公共机构碳排放量统计", "家", 2023, 60),
    ("新建建筑屋顶光伏覆盖", "千瓦", 2025, 300),
    ("办公用房权属统一登记", "栋", 2024, 50),
    ("办公用房信息统计报告", "次", 2025, 5),
    ("公务用车统一标识", "辆", 2022, 150),
    ("公务用车平台接入", "辆", 2023, 150),
    ("资产卡片标签管理", "张", 2024, 1_200),
    ("食堂反食品浪费创建", "家", 2024, 8),
    ("规划中期评估", "次", 2023, 1),
];

/// Every task in every region, done by the region's administration of government offices.
pub(crate) fn tasks(city: &City) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for region in 0..city.regions.len() {
        // The administration is the seventh organ of a region, or the first where there are fewer.
        let organs: Vec<usize> = (0..city.organizations.len())
            .filter(|place| {
                let body = &city.organizations[*place];
                body.region == region && body.class == Class::Organ && body.end.is_none()
            })
            .collect();
        let Some(organization) = organs.get(6).or(organs.first()).copied() else {
            continue;
        };
        for (place, (title, unit, due_year, target)) in TASKS.into_iter().enumerate() {
            let mut draw = Draw::new(
                city.spec.seed,
                Kind::Task,
                (region * TASKS.len() + place) as u64,
            );
            let start_date = Month::new(2021, draw.between(1, 10) as u32).first_day();
            let due_date = Month::new(due_year, 12).last_day();
            let target = (target * draw.around(300) / 1000).max(1);
            let finished = due_date - chrono::Duration::days(draw.between(-60, 500));
            let today = city.spec.to.last_day();
            let is_done = finished <= today && finished > start_date && draw.chance(900);
            let passed = (today - start_date).num_days().clamp(0, 1_800);
            let current = if is_done {
                target
            } else {
                target * passed.min((due_date - start_date).num_days())
                    / (due_date - start_date).num_days()
                    * draw.between(700, 950)
                    / 1000
            };
            let status = match (is_done, today > due_date, today < start_date) {
                (true, _, _) => "已完成",
                (false, true, _) => "滞后",
                (false, false, true) => "未开始",
                (false, false, false) => "进行中",
            };
            tasks.push(Task {
                id: format!("RW{:04}", tasks.len() + 1),
                parent: (region > 0).then(|| format!("RW{:04}", place + 1)),
                title: title.to_owned(),
                region,
                organization,
                unit,
                target,
                current,
                status,
                start_date,
                due_date,
                finished_date: is_done.then_some(finished),
            });
        }
    }
    tasks
}
