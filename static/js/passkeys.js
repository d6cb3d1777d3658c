// Ties a form with data-passkey to allauth's function of that name, and shows it where the browser
// knows passkeys. A passkey that was not used, most often since somebody thought better of it, is
// said in the status region.
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  const button = form.querySelector("button").id;
  const credential = form.elements.credential.id;
  const passwordless = form.elements.passwordless?.id;
  const data = document.getElementById("js_data") ? "js_data" : undefined;
  const ids = { login: button, authenticate: button, add: button, credential, passwordless, data };

  window.allauth.webauthn.forms[form.dataset.passkey]({ ids });
  form.hidden = false;

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const line = document.createElement("p");
    line.className = "failed";
    line.textContent = form.dataset.passkeyFailed;
    document.getElementById("status").replaceChildren(line);
  });
})();
