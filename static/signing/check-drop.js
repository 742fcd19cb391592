// A file field that takes a dropped file and says at once what is too large. <div data-drop data-max-bytes>.
import { fileSize } from "../files/upload-file.js";

function setUp(zone) {
  const input = zone.querySelector("input[type=file]");
  const status = zone.querySelector("[data-drop-status]");
  const most = Number(zone.dataset.maxBytes);

  function look() {
    const [file] = input.files;
    const tooLarge = file && file.size > most;
    status.dataset.state = tooLarge ? "error" : "";
    if (tooLarge) status.textContent = `“${file.name}”有 ${fileSize(file.size)}，超过了 ${fileSize(most)}，请另选文件。`;
    else if (file) status.textContent = `已选择 ${file.name}（${fileSize(file.size)}）`;
    if (tooLarge) input.value = "";
  }

  input.addEventListener("change", look);
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.toggleAttribute("data-over", name === "dragenter" || name === "dragover");
      if (name === "drop") {
        input.files = event.dataTransfer.files;
        look();
      }
    });
  }
}

document.querySelectorAll("[data-drop]").forEach(setUp);
