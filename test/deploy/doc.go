// Package deploy tries the files of docs/deploy: the proxies with an app behind them, the unit of systemd, and the manifests for
// Kubernetes against what the app can be set to.
package deploy
