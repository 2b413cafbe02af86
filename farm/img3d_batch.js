// SPDX-License-Identifier: GPL-3.0-or-later
// img3d over the machines of a Flamenco farm. Put this file into the folder "scripts" beside Flamenco Manager;
// docs/farm.md tells how. Each task makes some rows of one batch; the last one puts the results together, and fails
// when a row did.

const JOB_TYPE = {
    label: "Pictures to 3D Objects (img3d)",
    settings: [
        { key: "source", type: "string", subtype: "file_path", required: true, visible: "visible",
          description: "A folder with pictures, or a .csv or .jsonl list; on the shared storage" },
        { key: "results", type: "string", subtype: "dir_path", required: true, visible: "visible",
          description: "The folder for the files and the summary; on the shared storage" },
        { key: "rows", type: "int32", required: true, default: 100, propargs: {min: 1}, visible: "visible",
          description: "How many rows the list has, or pictures the folder" },
        { key: "rows_per_task", type: "int32", default: 10, propargs: {min: 1}, visible: "visible",
          description: "How many of them one task makes" },
        { key: "options", type: "string", default: "", visible: "visible",
          description: "Further words for 'img3d batch', such as --provider stability_spar3d --jobs 8" },
        { key: "task_script", type: "string", subtype: "file_path", required: true, visible: "visible",
          description: "The file img3d_task.py, on the shared storage" },
        { key: "local_folder", type: "string", default: "", visible: "submission",
          description: "A folder on a disk of each worker for the journals; empty takes the one for temporary files" },

        // What the workers start: variables of Flamenco Manager, or programs that they find.
        { key: "blender", type: "string", default: "{blender}", visible: "web",
          description: "The Blender that has the extension" },
        { key: "python", type: "string", default: "python3", visible: "web",
          description: "A Python of version 3.9 or later" },
        { key: "blender_module", type: "string", default: "", visible: "hidden",
          description: "Instead of a Blender: a Python in which bpy and img3d_addon can be imported" },
    ]
};

function compileJob(job) {
    const settings = complete(job.settings);
    const merge = authorTask("merge", settings, [], ["batch-merge", settings.results]);
    for (let first = 1; first <= settings.rows; first += settings.rows_per_task) {
        const last = Math.min(first + settings.rows_per_task - 1, settings.rows);
        const rows = `${first}-${last}`;
        const task = authorTask(
            `rows-${rows}`,
            settings,
            ["--failed-rows", "report", "--rows", rows, `--name=${job.name}`, "--home", settings.local_folder,
             `--options=${settings.options}`],
            ["batch", settings.source, "--out", settings.results, "--resume"]
        );
        merge.addDependency(task);
        job.addTask(task);
    }
    job.addTask(merge);
}

// A path is a word of its own: only there Flamenco puts in the path that the platform of the worker knows.
function authorTask(name, settings, own, words) {
    const task = author.Task(name, "blender");
    task.addCommand(author.Command("exec", {
        exe: settings.python,
        args: [settings.task_script, "--blender", settings.blender, "--python", settings.blender_module]
            .concat(own, ["--"], words),
    }));
    return task;
}

// A job that does not come from Blender has only the settings that somebody wrote down.
function complete(settings) {
    const found = {};
    for (const declared of JOB_TYPE.settings) {
        const value = settings[declared.key];
        found[declared.key] = value === undefined || value === null ? declared.default : value;
        if (declared.required && (found[declared.key] === undefined || found[declared.key] === "")) {
            throw `The setting ${declared.key} is empty.`;
        }
    }
    for (const key of ["rows", "rows_per_task"]) {
        if (!(Math.floor(found[key]) === found[key] && found[key] >= 1)) {
            throw `The setting ${key} must be a whole number, 1 or more.`;
        }
    }
    return found;
}
