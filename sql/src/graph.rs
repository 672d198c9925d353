//! The order in which models are built, and the circles that have none.

use std::collections::BTreeMap;

use contracts::Place;

use crate::error::ModelError;
use crate::name::ModelName;

/// For each model, the models it reads and where.
pub(crate) type Edges = BTreeMap<ModelName, Vec<(ModelName, Place)>>;

/// Every model after those it reads; equals stay in the order of their names. Models in a circle,
/// or above one, are left out, and each circle is a fault.
pub(crate) fn order(edges: &Edges, faults: &mut Vec<ModelError>) -> Vec<ModelName> {
    let mut walk = Walk {
        edges,
        state: BTreeMap::new(),
        path: Vec::new(),
        order: Vec::new(),
        faults,
    };
    for name in edges.keys() {
        walk.visit(name);
    }
    walk.order
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
    Circular,
}

struct Walk<'a> {
    edges: &'a Edges,
    state: BTreeMap<&'a ModelName, State>,
    path: Vec<&'a ModelName>,
    order: Vec<ModelName>,
    faults: &'a mut Vec<ModelError>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, name: &'a ModelName) -> State {
        if let Some(state) = self.state.get(name) {
            return *state;
        }
        self.state.insert(name, State::Open);
        self.path.push(name);
        let mut is_sound = true;
        let edges = self.edges;
        for (next, at) in edges.get(name).into_iter().flatten() {
            match self.visit(next) {
                State::Done => {}
                State::Circular => is_sound = false,
                State::Open => {
                    is_sound = false;
                    self.report(next, at);
                }
            }
        }
        self.path.pop();
        let state = if is_sound {
            self.order.push(name.clone());
            State::Done
        } else {
            State::Circular
        };
        self.state.insert(name, state);
        state
    }

    fn report(&mut self, back_to: &ModelName, at: &Place) {
        let start = self.path.iter().position(|name| *name == back_to);
        let mut circle: Vec<ModelName> = self.path[start.unwrap_or(0)..]
            .iter()
            .map(|name| (*name).clone())
            .collect();
        circle.push(back_to.clone());
        self.faults.push(ModelError::Cycle {
            at: at.clone(),
            circle,
        });
    }
}
