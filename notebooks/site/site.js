// Scopes tell how high they are, and get that much room.
addEventListener("message", ({ data, source }) => {
  if (!Number.isFinite(data?.srmHeight)) return;
  for (const frame of document.querySelectorAll(".scope iframe")) {
    if (frame.contentWindow === source) frame.style.blockSize = `${data.srmHeight}px`;
  }
});
