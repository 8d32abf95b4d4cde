//! The load program at a tenth of its size.

#[allow(dead_code)] // its `main`
#[path = "../benches/load.rs"]
mod load;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_in_success_or_in_the_right_error() {
    let load = load::Load { calls: 1000, in_flight: 256, faults: 0.1 };
    let report = load::run(load).await.expect("runs");
    report.print(load);
    assert!(report.wrong.is_empty(), "{:#?}", report.wrong);
}

/// Without faults there is nothing but success, and a single token request for all that ask at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_faults_one_token_serves_all() {
    let load = load::Load { calls: 512, in_flight: 256, faults: 0.0 };
    let report = load::run(load).await.expect("runs");
    report.print(load);
    assert!(report.wrong.is_empty() && report.only_success(load), "{report:#?}");
}
