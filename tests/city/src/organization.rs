//! Public institutions and their history: founded, renamed, merged, gone from the register.

use chrono::NaiveDate;

use crate::identifier;
use crate::month::Month;
use crate::names;
use crate::number::Fixed;
use crate::random::{Draw, Kind};
use crate::region::{Region, RegionLevel, organizations_per_region};
use crate::spec::Spec;

/// The class of an institution in the energy statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 01 国家机关.
    Organ,
    /// 021 教育.
    Education,
    /// 022 科技.
    Science,
    /// 023 文化.
    Culture,
    /// 024 卫生.
    Health,
    /// 025 体育.
    Sports,
    /// 026 其他事业单位.
    OtherInstitution,
    /// 03 团体组织.
    Group,
}

impl Class {
    /// The code of the statistical form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Organ => "01",
            Self::Education => "021",
            Self::Science => "022",
            Self::Culture => "023",
            Self::Health => "024",
            Self::Sports => "025",
            Self::OtherInstitution => "026",
            Self::Group => "03",
        }
    }

    /// The first two characters of its 统一社会信用代码.
    const fn registration(self) -> &'static str {
        match self {
            Self::Organ => "11",
            Self::Group => "13",
            _ => "12",
        }
    }
}

/// At which level of government an organ sits; it decides the ranks of its staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganLevel {
    /// 市级机关.
    City,
    /// 县级机关.
    County,
    /// 乡级机关.
    Township,
}

impl OrganLevel {
    /// The id in `reference.area_standard`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::County => "county",
            Self::Township => "township",
        }
    }
}

/// Why a version of an organisation began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// It was in the register from the start.
    Existing,
    /// 新设.
    Founded,
    /// 更名.
    Renamed,
    /// 移出名录库: from here on it is not in the energy survey.
    LeftSurvey,
    /// 合并 or 撤销: it exists no more.
    Ended,
}

/// One line of an organisation's history; between its dates nothing about it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The name in this time.
    pub name: String,
    /// Why it began.
    pub beginning: Beginning,
    /// The first day.
    pub from_date: NaiveDate,
    /// The last day, if it has ended.
    pub to_date: Option<NaiveDate>,
    /// Whether it is in the energy survey.
    pub in_energy_survey: bool,
}

/// How an organisation leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// 合并 into the organisation of this place in [`crate::City::organizations`].
    Merged(usize),
    /// 撤销: no successor.
    Dissolved,
}

/// A public institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The key used by every source.
    pub id: String,
    /// 统一社会信用代码, valid; a few internal bodies have none.
    pub uscc: Option<String>,
    /// Its place in [`crate::City::regions`].
    pub region: usize,
    /// Its class.
    pub class: Class,
    /// The level of an organ or a group; `None` for public institutions (事业单位).
    pub level: Option<OrganLevel>,
    /// Its history, oldest first; never empty.
    pub versions: Vec<Version>,
    /// The first month it reports.
    pub first: Month,
    /// The last month it reports, if it has left.
    pub last: Option<Month>,
    /// How it left.
    pub end: Option<End>,
    /// The last month of its energy survey, if it fell out of the register when the form changed.
    pub survey_last: Option<Month>,
    /// Whether it is in the operating-cost survey (organs, groups, and bodies that serve them).
    pub in_cost_survey: bool,
    /// 用能人数 in 2020.
    pub people: i64,
    /// 在编人数 in 2020.
    pub staff: i64,
    /// 编制人数.
    pub posts: i64,
    /// 建筑面积 in 2020, m².
    pub floor_m2: Fixed<2>,
    /// Whether it is registered with a code that fails its check: such a row is refused, and the
    /// organisation reports nothing.
    pub(crate) is_mistyped: bool,
    /// How far its use deviates from its class, permille.
    pub(crate) thrift: i64,
}

impl Organization {
    /// Whether it reports in a month.
    pub fn is_active(&self, month: Month) -> bool {
        !self.is_mistyped && self.first <= month && self.last.is_none_or(|last| month <= last)
    }

    /// Whether it fills in the energy form in a month.
    pub fn is_surveyed(&self, month: Month) -> bool {
        self.is_active(month) && self.survey_last.is_none_or(|last| month <= last)
    }

    /// Whether its staff sit in office rooms under the area standard.
    pub fn has_office_rooms(&self) -> bool {
        self.level.is_some()
    }

    /// The name at the end of the history.
    pub fn name(&self) -> &str {
        self.versions.last().map_or("", |version| &version.name)
    }
}

/// The first month of the 2025 form.
pub(crate) const NEW_FORM: Month = Month::new(2025, 1);

/// The classes in the order in which a region gets them: 50 to a round, as a prefecture has them.
const PATTERN: [Class; 50] = {
    use Class::{
        Culture as C, Education as E, Group as G, Health as H, Organ as O, OtherInstitution as T,
        Science as S, Sports as P,
    };
    [
        O, E, H, T, O, E, G, O, C, E, O, H, O, E, T, O, E, O, G, S, E, O, H, O, E, O, T, E, O, P,
        O, E, O, H, E, O, C, O, E, T, O, E, G, O, H, O, E, O, E, T,
    ]
};

/// People, floor area per person (m²) and the share of staff among them (permille), by class.
fn scale_of(class: Class, draw: &mut Draw) -> (i64, i64, i64) {
    match class {
        Class::Organ => (draw.between(28, 130), draw.between(22, 31), 860),
        Class::Education => (draw.between(160, 640), draw.between(10, 14), 90),
        Class::Science => (draw.between(35, 90), draw.between(30, 42), 820),
        Class::Culture => (draw.between(25, 80), draw.between(45, 70), 520),
        Class::Health => (draw.between(90, 640), draw.between(24, 33), 560),
        Class::Sports => (draw.between(20, 60), draw.between(60, 95), 500),
        Class::OtherInstitution => (draw.between(30, 110), draw.between(20, 30), 800),
        Class::Group => (draw.between(14, 50), draw.between(20, 28), 880),
    }
}

/// Makes the register: organisations of every class in every region, then their history.
pub(crate) fn organizations(spec: &Spec, regions: &[Region]) -> Vec<Organization> {
    let mut organizations = Vec::with_capacity(spec.size.organizations);
    for (region_place, (region, count)) in regions
        .iter()
        .zip(organizations_per_region(&spec.size, regions))
        .enumerate()
    {
        let mut ranks = [0usize; 8];
        for place in 0..count {
            let class = PATTERN[place % PATTERN.len()];
            let rank = ranks[class as usize];
            ranks[class as usize] += 1;
            let index = organizations.len();
            organizations.push(organization(spec, region, region_place, class, rank, index));
        }
    }
    add_history(spec, &mut organizations);
    add_mistyped(spec, regions, &mut organizations);
    organizations
}

fn organization(
    spec: &Spec,
    region: &Region,
    region_place: usize,
    class: Class,
    rank: usize,
    index: usize,
) -> Organization {
    let mut draw = Draw::new(spec.seed, Kind::Organization, index as u64);
    let level = match (class, region.level) {
        (Class::Organ, _) if rank >= 42 => Some(OrganLevel::Township),
        (Class::Organ | Class::Group, RegionLevel::CityOwn | RegionLevel::Beyond) => {
            Some(OrganLevel::City)
        }
        (Class::Organ | Class::Group, _) => Some(OrganLevel::County),
        _ => None,
    };
    let (mut people, area_per_person, staff_share) = scale_of(class, &mut draw);
    if region.level == RegionLevel::CityOwn {
        people = people * 13 / 10;
    }
    let staff = (people * staff_share / 1000).max(6);
    let uscc = identifier::uscc(&mut draw, class.registration(), region.registration);
    let name = names::organization(region, class, rank);
    Organization {
        id: format!("JM{:06}", index + 1),
        // Internal bodies have no code of their own: about one in forty.
        uscc: (index % 40 != 27).then_some(uscc),
        region: region_place,
        class,
        level,
        versions: vec![Version {
            name,
            beginning: Beginning::Existing,
            from_date: Month::new(2016, 1).first_day(),
            to_date: None,
            in_energy_survey: true,
        }],
        first: spec.from,
        last: None,
        end: None,
        survey_last: None,
        in_cost_survey: level.is_some()
            || (class == Class::OtherInstitution && rank.is_multiple_of(2)),
        people,
        staff,
        posts: staff * draw.between(1000, 1120) / 1000,
        floor_m2: Fixed::new(i128::from(
            people * area_per_person * 100 + draw.between(0, 99),
        )),
        is_mistyped: false,
        thrift: draw.around(220),
    }
}

/// Renames about 3 % of the organisations, merges 2 %, dissolves 1 % and founds 2 % within the period.
fn add_history(spec: &Spec, organizations: &mut [Organization]) {
    let span = spec.to.since(spec.from);
    if span < 2 {
        return;
    }
    for place in 0..organizations.len() {
        let mut draw = Draw::new(spec.seed, Kind::Organization, (1 << 32) | place as u64);
        // The event takes effect on the first day of this month, never the first of the history.
        let month = spec.from.plus(draw.between(1, i64::from(span)) as i32);
        match place % 100 {
            11 | 47 | 83 => rename(&mut organizations[place], month),
            29 | 71 => {
                if let Some(successor) = successor_of(organizations, place) {
                    leave(&mut organizations[place], month, End::Merged(successor));
                }
            }
            55 => leave(&mut organizations[place], month, End::Dissolved),
            19 if spec.from < NEW_FORM && NEW_FORM <= spec.to => {
                leave_survey(&mut organizations[place]);
            }
            37 | 93 => {
                let organization = &mut organizations[place];
                organization.first = month;
                organization.versions[0].beginning = Beginning::Founded;
                organization.versions[0].from_date = month.first_day();
            }
            _ => {}
        }
    }
}

/// The nearest earlier organisation of the same region and class that stays to the end.
fn successor_of(organizations: &[Organization], place: usize) -> Option<usize> {
    let merged = &organizations[place];
    (0..place).rev().find(|candidate| {
        let other = &organizations[*candidate];
        other.region == merged.region
            && other.class == merged.class
            && other.end.is_none()
            && !matches!(candidate % 100, 29 | 71 | 55 | 37 | 93)
    })
}

fn rename(organization: &mut Organization, month: Month) {
    let version = &mut organization.versions[0];
    version.to_date = Some(month.plus(-1).last_day());
    let next = Version {
        name: names::renamed(&version.name),
        beginning: Beginning::Renamed,
        from_date: month.first_day(),
        to_date: None,
        in_energy_survey: version.in_energy_survey,
    };
    organization.versions.push(next);
}

/// The 2025 form surveys only institutions in the register (名录库); this one is not in it.
fn leave_survey(organization: &mut Organization) {
    let version = &mut organization.versions[0];
    version.to_date = Some(NEW_FORM.plus(-1).last_day());
    let next = Version {
        name: version.name.clone(),
        beginning: Beginning::LeftSurvey,
        from_date: NEW_FORM.first_day(),
        to_date: None,
        in_energy_survey: false,
    };
    organization.survey_last = Some(NEW_FORM.plus(-1));
    organization.versions.push(next);
}

fn leave(organization: &mut Organization, month: Month, end: End) {
    organization.last = Some(month.plus(-1));
    organization.end = Some(end);
    let version = &mut organization.versions[0];
    version.to_date = Some(month.plus(-1).last_day());
    let gone = Version {
        name: version.name.clone(),
        beginning: Beginning::Ended,
        from_date: month.first_day(),
        to_date: None,
        in_energy_survey: false,
    };
    organization.versions.push(gone);
}

/// Newly founded bodies whose code was mistyped when they were registered in the last month.
fn add_mistyped(spec: &Spec, regions: &[Region], organizations: &mut Vec<Organization>) {
    if !spec.has_faults {
        return;
    }
    for extra in 0..mistyped_count(spec) {
        let region_place = extra % regions.len();
        let index = organizations.len();
        let mut body = organization(
            spec,
            &regions[region_place],
            region_place,
            Class::OtherInstitution,
            60 + extra,
            index,
        );
        body.uscc = body.uscc.or_else(|| {
            let mut draw = Draw::new(spec.seed, Kind::Organization, (2 << 32) | index as u64);
            Some(identifier::uscc(
                &mut draw,
                "12",
                regions[region_place].registration,
            ))
        });
        body.first = spec.to;
        body.versions[0].beginning = Beginning::Founded;
        body.versions[0].from_date = spec.to.first_day();
        body.is_mistyped = true;
        body.in_cost_survey = false;
        organizations.push(body);
    }
}

/// How many register rows carry a wrong check digit.
pub(crate) fn mistyped_count(spec: &Spec) -> usize {
    (spec.size.organizations / 100).max(1)
}
