// A program that signs in, asks one thing and ends: what any program of Node.js takes for it. Usage: node bare.cjs SQL
const { Client } = require("pg");

const client = new Client({ connectionString: process.env.SOURCE });
client
  .connect()
  .then(() => client.query(process.argv[2]))
  .then(() => client.end());
