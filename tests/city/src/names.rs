//! Invented names. Bodies carry generic names of their kind; places and addresses do not exist;
//! people have no names at all.

use crate::organization::Class;
use crate::region::{Region, RegionLevel};

const LEADING: [&str; 6] = [
    "委办公室",
    "人民政府办公室",
    "人大常委会办公室",
    "政协办公室",
    "纪律检查委员会",
    "委组织部",
];

const BUREAUS: [&str; 36] = [
    "机关事务服务中心",
    "财政局",
    "发展和改革局",
    "教育局",
    "公安局",
    "民政局",
    "司法局",
    "人力资源和社会保障局",
    "自然资源和规划局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水利和湖泊局",
    "农业农村局",
    "商务局",
    "文化和旅游局",
    "卫生健康局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "应急管理局",
    "医疗保障局",
    "退役军人事务局",
    "信访局",
    "经济和信息化局",
    "科学技术局",
    "林业局",
    "城市管理执法局",
    "数据局",
    "招商服务局",
    "人民法院",
    "人民检察院",
    "委宣传部",
    "委统战部",
    "委政法委员会",
    "委机构编制办公室",
];

const GROUPS: [&str; 9] = [
    "总工会",
    "妇女联合会",
    "科学技术协会",
    "文学艺术界联合会",
    "工商业联合会",
    "残疾人联合会",
    "红十字会",
    "归国华侨联合会",
    "社会科学界联合会",
];

const OTHERS: [&str; 14] = [
    "政务服务中心",
    "公共资源交易中心",
    "不动产登记中心",
    "公路事业发展中心",
    "园林绿化中心",
    "住房公积金中心",
    "劳动就业服务中心",
    "社会保险服务中心",
    "农业技术推广中心",
    "动物疫病预防控制中心",
    "城市管理服务中心",
    "水利工程管理处",
    "森林防火中心",
    "融媒体中心",
];

const CULTURE: [&str; 7] = [
    "图书馆",
    "文化馆",
    "博物馆",
    "档案馆",
    "美术馆",
    "非遗保护中心",
    "群众艺术馆",
];
const SCIENCE: [&str; 5] = [
    "农业科学研究所",
    "林业科学研究所",
    "计量测试所",
    "科技信息所",
    "水产科学研究所",
];
const SPORTS: [&str; 4] = [
    "体育中心",
    "全民健身中心",
    "少年儿童体育学校",
    "水上运动中心",
];

const TOWN_FIRST: [&str; 16] = [
    "青枫", "柳河", "石桥", "白鹭", "云岭", "松林", "双泉", "龙潭", "桃溪", "竹山", "兰湖", "金坪",
    "沙堰", "梅岗", "文峰", "清水",
];
const TOWN_LAST: [&str; 5] = ["镇", "乡", "街道", "铺镇", "湾镇"];
const ROADS: [&str; 18] = [
    "青枫路",
    "锦绣大道",
    "望湖路",
    "和顺街",
    "安宁路",
    "明远大道",
    "柳荫街",
    "向荣路",
    "清风路",
    "长虹街",
    "春晖路",
    "惠民大道",
    "文昌巷",
    "松涛路",
    "碧水街",
    "凤栖路",
    "朝阳巷",
    "金穗路",
];

/// A town that does not exist.
pub(crate) fn town(place: usize) -> String {
    let first = TOWN_FIRST[place % TOWN_FIRST.len()];
    let round = place / TOWN_FIRST.len();
    let last = TOWN_LAST[round % TOWN_LAST.len()];
    match round / TOWN_LAST.len() {
        0 => format!("{first}{last}"),
        again => format!("{first}{}{last}", chinese_number(again + 1)),
    }
}

/// An address that does not exist.
pub(crate) fn address(region: &str, road: usize, number: u64) -> String {
    format!("{region}{}{number}号", ROADS[road % ROADS.len()])
}

/// A place name for the two ends of a trip.
pub(crate) fn place(place: usize) -> &'static str {
    const PLACES: [&str; 14] = [
        "市政务中心",
        "高铁站",
        "省城会议中心",
        "青枫镇",
        "柳河镇",
        "石桥镇",
        "开发区",
        "人民医院",
        "客运站",
        "白鹭乡",
        "防汛指挥部",
        "产业园",
        "党校",
        "云岭镇",
    ];
    PLACES[place % PLACES.len()]
}

/// The name of the `rank`-th organisation of a class within a region.
pub(crate) fn organization(region: &Region, class: Class, rank: usize) -> String {
    let name = region.name;
    match class {
        Class::Organ => match region.level {
            RegionLevel::FunctionalArea if rank == 0 => format!("{name}管理委员会"),
            _ => match rank {
                0..6 => format!("{name}{}", LEADING[rank]),
                6..42 => format!("{name}{}", BUREAUS[rank - 6]),
                _ => format!("{name}{}人民政府", town(rank - 42)),
            },
        },
        Class::Education => match rank % 3 {
            0 => format!("{name}第{}中学", chinese_number(rank / 3 + 1)),
            1 => format!("{name}第{}小学", chinese_number(rank / 3 + 1)),
            _ => format!("{name}{}中心学校", town(rank / 3)),
        },
        Class::Science => numbered(name, &SCIENCE, rank),
        Class::Culture => numbered(name, &CULTURE, rank),
        Class::Health => match rank {
            0..4 => format!(
                "{name}{}",
                ["第一人民医院", "中医医院", "妇幼保健院", "疾病预防控制中心"][rank]
            ),
            _ => format!("{name}{}卫生院", town(rank - 4)),
        },
        Class::Sports => numbered(name, &SPORTS, rank),
        Class::OtherInstitution => numbered(name, &OTHERS, rank),
        Class::Group => numbered(name, &GROUPS, rank),
    }
}

/// The name a renamed organisation takes.
pub(crate) fn renamed(name: &str) -> String {
    for (old, new) in [
        ("服务中心", "事务中心"),
        ("管理局", "管理委员会"),
        ("局", "委员会"),
        ("中学", "高级中学"),
        ("小学", "实验小学"),
        ("卫生院", "社区卫生服务中心"),
    ] {
        if let Some(stem) = name.strip_suffix(old) {
            return format!("{stem}{new}");
        }
    }
    format!("{name}(新)")
}

fn numbered(region: &str, kinds: &[&str], rank: usize) -> String {
    let kind = kinds[rank % kinds.len()];
    match rank / kinds.len() {
        0 => format!("{region}{kind}"),
        again => format!("{region}{}{kind}", town(again - 1)),
    }
}

/// A number from 1 to 9999 in Chinese characters.
pub(crate) fn chinese_number(number: usize) -> String {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match number {
        0..10 => DIGITS[number].to_owned(),
        10..20 => format!(
            "十{}",
            if number == 10 {
                ""
            } else {
                DIGITS[number - 10]
            }
        ),
        20..100 => {
            let ones = if number.is_multiple_of(10) {
                ""
            } else {
                DIGITS[number % 10]
            };
            format!("{}十{ones}", DIGITS[number / 10])
        }
        _ => number
            .to_string()
            .chars()
            .map(|digit| DIGITS[digit as usize - '0' as usize])
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_chinese_does() {
        let names: Vec<_> = [3, 10, 14, 20, 35]
            .into_iter()
            .map(chinese_number)
            .collect();
        assert_eq!(names, ["三", "十", "十四", "二十", "三十五"]);
    }
}
