// SPDX-License-Identifier: GPL-3.0-or-later
// A strict stand-in for Flamenco Manager: loads a job type and compiles one job, and refuses whatever the documents of
// Flamenco do not name (usage/job-types, usage/jobs-tasks-commands/commands, the schema AvailableJobSetting).
//
//     node flamenco.js SCRIPT < {"name": ..., "settings": {...}}     writes {"jobType": ..., "tasks": [...]}

"use strict";
const fs = require("fs");
const vm = require("vm");

const SETTING = {
    key: "string", type: "string", subtype: "string", choices: "object", propargs: "object", description: "string",
    default: null, eval: "string", evalInfo: "object", visible: "string", required: "boolean", editable: "boolean",
};
const TYPES = { string: "string", int32: "number", float: "number", bool: "boolean" };
const SUBTYPES = ["file_path", "dir_path", "file_name", "hashed_file_path"];
const VISIBILITIES = ["visible", "hidden", "submission", "web"];
const COMMANDS = {
    "exec": { exe: "string", args: "strings" },
    "echo": { message: "string" },
    "sleep": { duration_in_seconds: "number" },
    "blender-render": { exe: "string", exeArgs: "string", argsBefore: "strings", blendfile: "string", args: "strings" },
};

function must(condition, message) {
    if (!condition) {
        throw new Error(message);
    }
}

function fits(value, kind) {
    if (kind === "strings") {
        return Array.isArray(value) && value.every(item => typeof item === "string");
    }
    return typeof value === kind && value !== "";
}

function checkJobType(jobType) {
    must(jobType && typeof jobType === "object", "there is no JOB_TYPE");
    must(Object.keys(jobType).sort().join() === "label,settings", `JOB_TYPE has ${Object.keys(jobType)}`);
    must(fits(jobType.label, "string"), "JOB_TYPE has no label");
    const keys = new Set();
    for (const setting of jobType.settings) {
        for (const [name, value] of Object.entries(setting)) {
            must(name in SETTING, `the setting ${setting.key} has ${name}, which is not in the schema`);
            must(SETTING[name] === null || typeof value === SETTING[name], `${setting.key}.${name} is ${typeof value}`);
        }
        must(/^[A-Za-z_][A-Za-z0-9_]*$/.test(setting.key), `${setting.key} is no name of a property`);
        must(!keys.has(setting.key), `two settings are called ${setting.key}`);
        keys.add(setting.key);
        must(setting.type in TYPES, `${setting.key} has the type ${setting.type}`);
        must(!("default" in setting) || typeof setting.default === TYPES[setting.type], `default of ${setting.key}`);
        must(!("subtype" in setting) || SUBTYPES.includes(setting.subtype), `${setting.key}: ${setting.subtype}`);
        must(!("subtype" in setting) || setting.type === "string", `${setting.key} has a subtype`);
        must(!("visible" in setting) || VISIBILITIES.includes(setting.visible), `${setting.key}: ${setting.visible}`);
    }
}

class Task {
    constructor(name, type) {
        this.uuid = String(Task.count = (Task.count || 0) + 1);
        Object.assign(this, { name: name.trim(), type: type.trim(), priority: 50, commands: [], dependencies: [] });
        must(this.name, "author.Task(name, type): name is required");
        must(this.type, "author.Task(name, type): type is required");
        Object.seal(this);
    }
    addCommand(command) {
        must(arguments.length === 1 && command instanceof Command, "addCommand takes what author.Command returns");
        this.commands.push(command);
    }
    addDependency(task) {
        must(arguments.length === 1 && task instanceof Task && task !== this, "addDependency takes another task");
        this.dependencies.push(task);
    }
}

class Command {
    constructor(name, parameters) {
        must(name in COMMANDS, `Flamenco Worker has no command ${name}`);
        for (const [key, value] of Object.entries(parameters)) {
            must(key in COMMANDS[name], `the command ${name} has no parameter ${key}`);
            must(fits(value, COMMANDS[name][key]), `${name}.${key} is ${JSON.stringify(value)}`);
        }
        must("exe" in parameters || !("exe" in COMMANDS[name]), `${name} needs exe`);
        Object.freeze(Object.assign(this, { name, parameters }));
    }
}

function compile(script, submitted) {
    const tasks = [];
    const job = {
        jobID: "00000000-0000-0000-0000-000000000000", name: submitted.name, jobType: "img3d-batch", priority: 50,
        status: "under-construction", created: new Date(0), metadata: {},
        settings: Object.assign(Object.create(null), submitted.settings),
        addTask(task) {
            must(arguments.length === 1 && task instanceof Task, "addTask takes what author.Task returns");
            must(!tasks.includes(task), `the task ${task.name} was added twice`);
            tasks.push(task);
        },
    };
    const author = Object.freeze({
        Task(name, type) { must(arguments.length === 2, "author.Task(name, type)"); return new Task(name, type); },
        Command(name, given) { must(arguments.length === 2, "author.Command(name, {})"); return new Command(name, given); },
    });
    const context = vm.createContext(
        { author, print() {}, alert() {} }, { codeGeneration: { strings: false, wasm: false } });
    vm.runInContext(`"use strict";${fs.readFileSync(script, "utf8")}`, context, { filename: script });
    const jobType = vm.runInContext("JOB_TYPE", context);
    checkJobType(jobType);
    const declared = new Set(jobType.settings.map(setting => setting.key));
    for (const key of Object.keys(job.settings)) {
        must(declared.has(key), `the job has a setting ${key}`);
    }
    context.job = Object.seal(job);
    vm.runInContext("compileJob(job)", context);
    must(tasks.length > 0, "no task was added");
    for (const task of tasks) {
        must(task.commands.length > 0, `the task ${task.name} has no command`);
        must(task.dependencies.every(one => tasks.includes(one)), `${task.name} waits for a task that was not added`);
    }
    must(new Set(tasks.map(task => task.name)).size === tasks.length, "two tasks have one name");
    return { jobType, tasks: tasks.map(task => ({ ...task, dependencies: task.dependencies.map(one => one.name) })) };
}

try {
    const found = compile(process.argv[2], JSON.parse(fs.readFileSync(0, "utf8")));
    process.stdout.write(JSON.stringify(found));
} catch (error) {
    process.stderr.write(String(error && error.message || error));
    process.exit(1);
}
