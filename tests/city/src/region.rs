//! The regions that report: real names and codes, as 行政区划 and the city's own local codes give them.

use crate::spec::{Reach, Size};

/// How a region stands in the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionLevel {
    /// 市本级: the city's own organs, `420800-BJ`.
    CityOwn,
    /// A county, a county-level city or a district.
    County,
    /// A functional area that reports like a county but has no code in GB/T 2260.
    FunctionalArea,
    /// Another prefecture or province, one region each; only with [`Reach::Nation`].
    Beyond,
}

/// A region with organisations of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The code in `reference.region`.
    pub code: &'static str,
    /// The name as organisations carry it.
    pub name: &'static str,
    /// How it stands in the hierarchy.
    pub level: RegionLevel,
    /// The six digits that its organisations' 统一社会信用代码 carry.
    pub registration: &'static str,
    /// The first two characters of its plates.
    pub plate: &'static str,
    /// Its share of everything, in thousandths of the city.
    pub(crate) weight: u64,
}

const JINGMEN: [(&str, &str, RegionLevel, &str, u64); 9] = [
    ("420800-BJ", "荆门市", RegionLevel::CityOwn, "420800", 235),
    ("420881", "钟祥市", RegionLevel::County, "420881", 190),
    ("420882", "京山市", RegionLevel::County, "420882", 155),
    ("420822", "沙洋县", RegionLevel::County, "420822", 145),
    ("420802", "东宝区", RegionLevel::County, "420802", 120),
    ("420804", "掇刀区", RegionLevel::County, "420804", 100),
    (
        "420800-QJL",
        "屈家岭管理区",
        RegionLevel::FunctionalArea,
        "420800",
        22,
    ),
    (
        "420800-ZHX",
        "漳河新区",
        RegionLevel::FunctionalArea,
        "420800",
        18,
    ),
    (
        "420800-GXQ",
        "荆门高新区",
        RegionLevel::FunctionalArea,
        "420800",
        15,
    ),
];

/// Code, name and plate letter of regions outside 荆门.
const BEYOND: [(&str, &str, &str); 41] = [
    ("420100", "武汉市", "鄂A"),
    ("420200", "黄石市", "鄂B"),
    ("420300", "十堰市", "鄂C"),
    ("420500", "宜昌市", "鄂E"),
    ("420600", "襄阳市", "鄂F"),
    ("420700", "鄂州市", "鄂G"),
    ("420900", "孝感市", "鄂K"),
    ("421000", "荆州市", "鄂D"),
    ("421100", "黄冈市", "鄂J"),
    ("421200", "咸宁市", "鄂L"),
    ("421300", "随州市", "鄂S"),
    ("422800", "恩施州", "鄂Q"),
    ("110000", "北京市", "京A"),
    ("120000", "天津市", "津A"),
    ("130000", "河北省", "冀A"),
    ("140000", "山西省", "晋A"),
    ("150000", "内蒙古", "蒙A"),
    ("210000", "辽宁省", "辽A"),
    ("220000", "吉林省", "吉A"),
    ("230000", "黑龙江省", "黑A"),
    ("310000", "上海市", "沪A"),
    ("320000", "江苏省", "苏A"),
    ("330000", "浙江省", "浙A"),
    ("340000", "安徽省", "皖A"),
    ("350000", "福建省", "闽A"),
    ("360000", "江西省", "赣A"),
    ("370000", "山东省", "鲁A"),
    ("410000", "河南省", "豫A"),
    ("430000", "湖南省", "湘A"),
    ("440000", "广东省", "粤A"),
    ("450000", "广西", "桂A"),
    ("460000", "海南省", "琼A"),
    ("500000", "重庆市", "渝A"),
    ("510000", "四川省", "川A"),
    ("520000", "贵州省", "贵A"),
    ("530000", "云南省", "云A"),
    ("610000", "陕西省", "陕A"),
    ("620000", "甘肃省", "甘A"),
    ("630000", "青海省", "青A"),
    ("640000", "宁夏", "宁A"),
    ("650000", "新疆", "新A"),
];

/// The regions of a reach, the largest of 荆门 first.
pub(crate) fn regions(reach: Reach) -> Vec<Region> {
    let mut regions: Vec<_> = JINGMEN
        .iter()
        .map(|&(code, name, level, registration, weight)| Region {
            code,
            name,
            level,
            registration,
            plate: "鄂H",
            weight,
        })
        .collect();
    if reach == Reach::Nation {
        regions.extend(BEYOND.iter().map(|&(code, name, plate)| Region {
            code,
            name,
            level: RegionLevel::Beyond,
            registration: code,
            plate,
            weight: 1000,
        }));
    }
    regions
}

/// How many organisations each region has: at least one, by weight, and exactly the number asked for.
pub(crate) fn organizations_per_region(size: &Size, regions: &[Region]) -> Vec<usize> {
    let total: u64 = regions.iter().map(|region| region.weight).sum();
    let mut counts: Vec<usize> = regions
        .iter()
        .map(|region| ((size.organizations as u64 * region.weight / total) as usize).max(1))
        .collect();
    let given: usize = counts.iter().sum();
    counts[0] = (counts[0] + size.organizations)
        .saturating_sub(given)
        .max(1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Spec;

    #[test]
    fn every_region_has_organisations_and_none_is_lost() {
        for spec in [Spec::county(1), Spec::city(1, crate::Month::new(2026, 10))] {
            let regions = regions(spec.size.reach);
            let counts = organizations_per_region(&spec.size, &regions);
            assert_eq!(counts.iter().sum::<usize>(), spec.size.organizations);
            assert!(counts.iter().all(|count| *count >= 1));
        }
    }
}
