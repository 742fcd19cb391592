// Says what this browser will not do. No module and nothing new: the oldest ones read it too.
if (!(window.HTMLDialogElement && Element.prototype.replaceChildren)) {
  document.querySelector("[data-old-browser]").hidden = false;
} else if (
  /MicroMessenger/.test(navigator.userAgent) &&
  document.querySelector("input[type=file], a[download], a[href*='/download/'], a[href$='.pdf']")
) {
  document.querySelector("[data-in-wechat]").hidden = false;
}
