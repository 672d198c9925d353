//! What all requests share: the lake, the declared boards and metrics, opened publications, answers
//! already written.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::{Contracts, TableId};
use models::Models;
use models::metric::Metrics;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use transform::explain::Explainer;
use transform::project::Project;
use warehouse::{AsOf, Publication, Warehouse};

use crate::answers::{Answers, answers};
use crate::board::Boards;
use crate::error::{ApiError, ServerError};
use crate::landed::LandedText;
use crate::measures::Measures;
use crate::open::{Newest, Opened, Principal};
use crate::operate::Operate;

/// How the service behaves.
#[derive(Debug, Clone)]
pub struct ServiceOptions {
    /// The data is made up, and every page says so.
    pub is_demo: bool,
    /// The region that holds all others.
    pub region_code: String,
    /// How long a query may take.
    pub query_deadline: Duration,
    /// How many bytes of written answers are kept.
    pub cache_bytes: u64,
    /// How long the newest publication is taken to be the newest before the lake is asked again.
    pub newest_for: Duration,
    /// What the time is.
    pub clock: fn() -> DateTime<Utc>,
}

impl Default for ServiceOptions {
    fn default() -> Self {
        ServiceOptions {
            is_demo: false,
            region_code: "420800".to_owned(),
            query_deadline: Duration::from_secs(30),
            cache_bytes: 64 << 20,
            newest_for: Duration::from_secs(1),
            clock: now,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the service reads the clock here"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Publications kept open at once.
const OPEN_PUBLICATIONS: u64 = 8;

/// The service over one lake. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(crate) shared: Arc<Shared>,
    pub(crate) landed: Option<Arc<dyn LandedText>>,
    pub(crate) operate: Option<Arc<dyn Operate>>,
    pub(crate) measures: Measures,
}

pub(crate) struct Shared {
    pub warehouse: Warehouse,
    pub contracts: Arc<Contracts>,
    pub metrics: Arc<Metrics>,
    models: Arc<Models>,
    pub boards: Boards,
    pub options: ServiceOptions,
    /// A hash of whatever answers depend on beside the lake and the question.
    pub declared: [u8; 32],
    pub answers: Answers,
    newest: Cache<(), Option<Arc<Publication>>>,
    opened: Cache<u64, Arc<Opened>>,
    explainers: Cache<u64, Arc<Explainer>>,
    pub status: Cache<(), Arc<operations::Status>>,
}

impl Service {
    /// A service over an open lake.
    ///
    /// # Errors
    /// None at present; what can fail fails with a request.
    pub fn new(
        warehouse: Warehouse,
        project: &Project,
        boards: Boards,
        options: ServiceOptions,
    ) -> Result<Service, ServerError> {
        let shared = Shared {
            contracts: project.contracts.clone(),
            metrics: project.metrics.clone(),
            models: project.models.clone(),
            newest: Cache::builder()
                .max_capacity(1)
                .time_to_live(options.newest_for)
                .build(),
            status: Cache::builder()
                .max_capacity(1)
                .time_to_live(options.newest_for)
                .build(),
            opened: Cache::new(OPEN_PUBLICATIONS),
            explainers: Cache::new(OPEN_PUBLICATIONS),
            declared: declared(project, &boards, &options),
            answers: answers(options.cache_bytes),
            warehouse,
            boards,
            options,
        };
        Ok(Service {
            shared: Arc::new(shared),
            landed: None,
            operate: None,
            measures: Measures::new(),
        })
    }

    /// The same, with explanations that show rows as they were landed.
    #[must_use]
    pub fn with_landed_text(self, landed: Arc<dyn LandedText>) -> Service {
        Service {
            landed: Some(landed),
            ..self
        }
    }

    /// The publication a request asks for: the newest, or that of `as_of`.
    pub(crate) async fn publication(
        &self,
        as_of: Option<&str>,
    ) -> Result<Arc<Publication>, ApiError> {
        let publications = self.shared.warehouse.publications();
        let Some(text) = as_of else {
            let newest = self.shared.newest.try_get_with((), async {
                let found = publications.latest().await?;
                Ok(found.map(Arc::new))
            });
            return newest
                .await
                .map_err(|error: Arc<ApiError>| ApiError::clone(&error))?
                .ok_or(ApiError::NothingPublished);
        };
        let as_of = match (text.parse(), text.parse()) {
            (Ok(number), _) => AsOf::Number(number),
            (_, Ok(date)) => AsOf::Date(date),
            _ => {
                return Err(ApiError::bad(
                    format!("`as_of` cannot be `{text}`"),
                    "write as_of=12 or as_of=2025-12-31",
                ));
            }
        };
        Ok(Arc::new(publications.as_of(as_of).await?))
    }

    /// A publication opened for whoever asks.
    pub(crate) async fn open(
        &self,
        publication: &Arc<Publication>,
    ) -> Result<Arc<Opened>, ApiError> {
        let open = Opened::new(
            &self.shared.warehouse,
            publication.as_ref().clone(),
            Principal::Anonymous,
        );
        let opened = self
            .shared
            .opened
            .try_get_with(publication.number, async { open.await.map(Arc::new) });
        opened
            .await
            .map_err(|error: Arc<ApiError>| ApiError::clone(&error))
    }

    /// A publication opened for explaining: once, because its models are planned then.
    pub(crate) async fn explainer(
        &self,
        publication: &Publication,
    ) -> Result<Arc<Explainer>, ApiError> {
        let Shared {
            warehouse, models, ..
        } = self.shared.as_ref();
        let open = async {
            let explainer = Explainer::open(warehouse, models, publication).await?;
            Ok::<_, ApiError>(Arc::new(explainer))
        };
        let explainers = &self.shared.explainers;
        let opened = explainers.try_get_with(publication.number, open);
        opened
            .await
            .map_err(|error: Arc<ApiError>| ApiError::clone(&error))
    }

    /// The time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.shared.options.clock)()
    }

    /// Refused rows as they are now.
    pub(crate) async fn refused_rows(&self) -> Result<Newest<'_>, ApiError> {
        Newest::refused(&self.shared.warehouse, Principal::Anonymous).await
    }

    /// A table that the warehouse keeps of itself, as it is now.
    pub(crate) async fn newest_table(&self, id: &str) -> Result<Newest<'_>, ApiError> {
        let id: TableId = id.parse().map_err(ApiError::internal)?;
        Newest::open(&self.shared.warehouse, &id, Principal::Anonymous).await
    }
}

/// A board, metric or contract that is declared otherwise is answered otherwise, and its answers must
/// not be taken for those a browser kept from before.
fn declared(project: &Project, boards: &Boards, options: &ServiceOptions) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    for contract in project.contracts.iter() {
        hash.update(&contract.content_hash);
    }
    // Metrics keep no text of their files; what was understood of them is as good.
    hash.update(format!("{:?}", project.metrics));
    // Explanations follow rows by the models.
    hash.update(project.models.hash());
    hash.update(boards.hash());
    hash.update(format!("{}\n{}", options.is_demo, options.region_code));
    hash.finalize().into()
}
