// What the module keeps in this browser: put there as the module does, and read.

/** Puts records into the module's database, which the module makes; they may be as the module has them, or damaged. */
export async function keepRecords(page, records) {
  await page.evaluate(async (all) => {
    const { start } = await import("/module/callscope.js");
    await (await start()).stop();
    const isThere = async () => (await indexedDB.databases()).some(({ name }) => name === "callscope");
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 10));
    const database = await new Promise((resolve) => (indexedDB.open("callscope").onsuccess = ({ target }) => resolve(target.result)));
    database.onversionchange = () => database.close();
    const transaction = database.transaction("batches", "readwrite");
    for (const record of all) transaction.objectStore("batches").put(record);
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    database.close();
  }, records);
}

/** The batches that this browser kept; none before the module made its database. It runs in the page. */
export async function keptBatches() {
  if (!(await indexedDB.databases()).some(({ name }) => name === "callscope")) return [];
  const database = await new Promise((resolve) => (indexedDB.open("callscope").onsuccess = ({ target }) => resolve(target.result)));
  const records = database.transaction("batches").objectStore("batches").getAll();
  const all = await new Promise((resolve) => (records.onsuccess = () => resolve(records.result)));
  database.close();
  return all.map(({ text }) => JSON.parse(text));
}
